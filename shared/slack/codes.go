package slack

import "strings"

// codes says what Slack's error codes mean for us. Codes and their meaning are those that the pages of the methods list
// (https://docs.slack.dev/reference/methods/, "Errors"): auth.test, chat.*, conversations.*, users.info, usergroups.*,
// views.*, files.info; those of response addresses are from https://docs.slack.dev/interactivity/handling-user-interaction/.
var codes = map[string]Kind{
	"ratelimited":            RateLimited, // every method, with HTTP 429
	"rate_limited":           RateLimited, // chat.postMessage: too many messages
	"message_limit_exceeded": RateLimited, // chat.*: the team's members send too many

	"internal_error":             Down,
	"fatal_error":                Down, // "some aspect of the operation may have succeeded"
	"service_unavailable":        Down,
	"request_timeout":            Down, // the body was cut on its way
	"team_added_to_org":          Down, // the team is being moved; "retry later"
	"org_login_required":         Down, // likewise
	"external_channel_migrating": Down,
	"update_failed":              Down, // chat.update: "internal update failure"
	"accesslimited":              Refused,
	"streaming_state_conflict":   Down,
	"hash_conflict":              Gone, // views.update: somebody else has updated it
	"channel_not_found":          Gone, // also: a private channel that we are not in
	"not_in_channel":             Gone,
	"is_archived":                Gone,
	"is_inactive":                Gone,
	"message_not_found":          Gone,
	"thread_not_found":           Gone,
	"thread_locked":              Gone,
	"cannot_reply_to_message":    Gone,
	"cant_update_message":        Gone, // written by somebody else
	"cant_delete_message":        Gone,
	"edit_window_closed":         Gone,
	"channel_is_limited_access":  Gone,
	"user_not_found":             Gone,
	"user_not_visible":           Gone,
	"users_not_found":            Gone,
	"user_disabled":              Gone,
	"user_not_in_channel":        Gone,
	"cannot_dm_bot":              Gone,
	"messages_tab_disabled":      Refused, // the app's manifest lacks the Messages tab
	"not_enabled":                Refused, // views.publish: the app's manifest lacks the Home tab
	"restricted_action":          Gone,    // a preference of the workspace keeps us from posting there
	"file_not_found":             Gone,
	"file_deleted":               Gone,
	"not_visible":                Gone,
	"no_access":                  Gone,
	"not_found":                  Gone, // views.update
	"expired_trigger_id":         Gone,
	"exchanged_trigger_id":       Gone,
	"trigger_expired":            Gone,
	"trigger_exchanged":          Gone,
	"cannot_unfurl_url":          Gone,
	"cannot_unfurl_message":      Gone,
	"cannot_find_message":        Gone,
	"cannot_find_channel":        Gone,
	"invalid_unfurl_id":          Gone,
	"expired_url":                Gone, // a response address after 30 minutes
	"used_url":                   Gone, // after five uses
	"already_reacted":            Gone,
	"plan_upgrade_required":      Gone, // usergroups.list: a workspace without user groups

	"invalid_auth":                            Refused,
	"not_authed":                              Refused,
	"account_inactive":                        Refused,
	"token_revoked":                           Refused,
	"token_expired":                           Refused,
	"access_denied":                           Refused,
	"missing_scope":                           Refused,
	"no_permission":                           Refused,
	"not_allowed_token_type":                  Refused,
	"two_factor_setup_required":               Refused,
	"ekm_access_denied":                       Refused,
	"enterprise_is_restricted":                Refused,
	"app_access_restricted":                   Refused,
	"cannot_find_service":                     Refused, // chat.unfurl: the app has not registered the domain
	"team_access_not_granted":                 Refused,
	"metadata_must_be_sent_from_app":          Refused,
	"method_deprecated":                       Refused,
	"deprecated_endpoint":                     Refused,
	"slack_connect_file_link_sharing_blocked": Refused,
}

// kindOfCode is what a code means. Slack adds codes; one that we do not know is told by how it is called, or is our defect.
func kindOfCode(code string) Kind {
	if kind, known := codes[code]; known {
		return kind
	}
	switch {
	case strings.HasPrefix(code, "restricted_action"), strings.HasSuffix(code, "_not_found"):
		return Gone
	case strings.HasPrefix(code, "slack_connect_"):
		return Refused
	}
	return Invalid
}
