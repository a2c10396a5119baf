package transfer_test

import data.transfer

good := {
	"command": "SEND",
	"mime_type": "text/plain",
	"user_id": "user_123",
	"size": 24,
	"file_name": "notes.txt",
}

changed(fields) := decision if {
	decision := transfer.decision with input as object.union(good, fields)
}

refused_for(fields, word) if {
	decision := changed(fields)
	decision.allow == false
	count(decision.reasons) == 1
	some reason in decision.reasons
	contains(reason, word)
}

test_what_is_allowed_is_allowed if {
	decision := changed({})
	decision == {"allow": true, "reasons": set()}
}

test_every_type_and_user_of_the_table_is_allowed if {
	every type in {"text/plain", "application/pdf", "image/jpeg"} {
		every user in {"", "user_123", "user_456"} {
			changed({"mime_type": type, "user_id": user}).allow
		}
	}
}

test_only_send_is_allowed if {
	every command in {"RECEIVE", "LIST", "DELETE", "send", "", null, 1} {
		refused_for({"command": command}, "command among SEND")
	}
}

test_another_type_is_refused if {
	every type in {"image/png", "text/html", "TEXT/PLAIN", "text/plain ", "", null, 1, ["text/plain"]} {
		refused_for({"mime_type": type}, "among application/pdf, image/jpeg, text/plain")
	}
}

test_another_user_is_refused if {
	every user in {"user_789", "USER_123", "user_123 ", null, 0, ["user_123"]} {
		refused_for({"user_id": user}, "user")
	}
}

test_a_size_below_the_limit_is_allowed if {
	every size in {0, 1, 104857599} {
		changed({"size": size}).allow
	}
}

test_the_limit_itself_and_what_is_no_size_are_refused if {
	every size in {104857600, 104857601, 1e300, -1, null, true, false, "24", [24]} {
		refused_for({"size": size}, "below 104857600")
	}
}

test_a_name_without_folders_is_allowed if {
	every name in {"", "a", "..", "año.pdf", "a b.txt", long(255)} {
		changed({"file_name": name}).allow
	}
}

test_a_path_is_no_name if {
	every name in {"../a", "/etc/passwd", "a/", "c:\\a", "a\u0000.txt", long(256), null, 1, ["a"]} {
		refused_for({"file_name": name}, "file_name")
	}
}

test_what_is_not_said_is_refused if {
	every field in object.keys(good) {
		decision := transfer.decision with input as object.remove(good, [field])
		not decision.allow
		count(decision.reasons) == 1
	}
}

test_all_reasons_are_told if {
	decision := transfer.decision with input as {}
	not decision.allow
	count(decision.reasons) == 5
}

test_with_half_a_table_nothing_is_allowed if {
	every entry in object.keys(data.allowed) {
		decision := transfer.decision with input as good with data.allowed as object.remove(data.allowed, [entry])
		not decision.allow
	}
}

long(length) := concat("", [letter | some _ in numbers.range(1, length); letter := "a"])
