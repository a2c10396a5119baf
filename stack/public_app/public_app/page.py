"""The page."""

PAGE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>File transfer</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem; }
label, input, button { display: block; margin: .75rem 0; font: inherit; }
</style>
</head>
<body>
<h1>File transfer</h1>
<p>Choose a file. It is stored under a new name.</p>
<form action="/upload" method="post" enctype="multipart/form-data">
<label for="file">File</label>
<input id="file" name="file" type="file" required>
<button>Send</button>
</form>
</body>
</html>
"""
