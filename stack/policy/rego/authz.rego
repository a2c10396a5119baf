# METADATA
# title: What may be asked of this OPA
# description: Decisions and its health. Nobody may change the policy, nor read more of it, over the network.
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
