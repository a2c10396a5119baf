# METADATA
# title: Access to this OPA
# description: Decisions and health only. Over the network nobody can change the policy or read anything else of it.
package system.authz

default allow := false

allow if {
	input.method in {"GET", "POST"}
	input.path == ["v1", "data", "transfer", "decision"]
}

allow if {
	input.method == "GET"
	input.path == ["health"]
}
