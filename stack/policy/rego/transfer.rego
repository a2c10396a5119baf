# METADATA
# title: Which files may be stored
# description: |
#   Anything that the table in data.json does not list is refused, and so is a missing field. Without a complete table
#   nothing is allowed. The reasons are for people.
package transfer

decision := {"allow": allow, "reasons": reasons}

default allow := false

allow if {
	known_command
	known_type
	known_user
	fitting_size
	plain_name
}

reasons contains reason if {
	not known_command
	reason := sprintf("expected a command among %s", [listed(data.allowed.commands)])
}

reasons contains reason if {
	not known_type
	reason := sprintf("expected a mime_type among %s", [listed(data.allowed.types)])
}

reasons contains "this user may not store files here" if not known_user

reasons contains reason if {
	not fitting_size
	reason := sprintf("expected a size below %d bytes", [data.allowed.below_bytes])
}

reasons contains reason if {
	not plain_name
	reason := sprintf("expected a file_name of %d characters at most, without folders", [data.allowed.file_name.longest])
}

known_command if input.command in data.allowed.commands

known_type if input.mime_type in data.allowed.types

known_user if input.user_id in data.allowed.users

# In Rego, null and booleans are less than any number.
fitting_size if {
	is_number(input.size)
	input.size >= 0
	input.size < data.allowed.below_bytes
}

plain_name if {
	is_string(input.file_name)
	count(input.file_name) <= data.allowed.file_name.longest
	every part in data.allowed.file_name.without {
		not contains(input.file_name, part)
	}
}

listed(words) := concat(", ", sort(words))
