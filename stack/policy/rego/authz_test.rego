package authz_test

import data.system.authz

may(method, path) if authz.allow with input as {"method": method, "path": path}

test_decisions_and_health_may_be_asked if {
	may("POST", ["v1", "data", "transfer", "decision"])
	may("GET", ["v1", "data", "transfer", "decision"])
	may("GET", ["health"])
}

test_nobody_may_change_the_policy if {
	every method in {"PUT", "PATCH", "DELETE", "POST"} {
		not may(method, ["v1", "data", "allowed"])
		not may(method, ["v1", "policies", "transfer"])
	}
	every method in {"PUT", "PATCH", "DELETE"} {
		not may(method, ["v1", "data", "transfer", "decision"])
	}
}

test_nobody_may_read_more_of_it if {
	every path in {["v1", "data"], ["v1", "data", "allowed"], ["v1", "policies"], ["v1", "query"], ["metrics"], []} {
		not may("GET", path)
	}
}
