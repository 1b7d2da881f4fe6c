package slack

// Slack's limits of what is sent, in characters where nothing else is said.
const (
	// MaxBlocks is how many blocks a message has (https://docs.slack.dev/reference/block-kit/blocks/).
	MaxBlocks = 50
	// MaxViewBlocks is how many blocks a modal or a Home tab has (likewise).
	MaxViewBlocks = 100
	// MaxSection is the text of a section (https://docs.slack.dev/reference/block-kit/blocks/section-block/).
	MaxSection = 3000
	// MaxFields and MaxField are the fields of a section and the text of each (likewise).
	MaxFields = 10
	MaxField  = 2000
	// MaxHeader is the text of a header (https://docs.slack.dev/reference/block-kit/blocks/header-block/).
	MaxHeader = 150
	// MaxActions is how many elements an actions block has (https://docs.slack.dev/reference/block-kit/blocks/actions-block/).
	MaxActions = 25
	// MaxContext is how many elements a context block has (https://docs.slack.dev/reference/block-kit/blocks/context-block/).
	MaxContext = 10
	// MaxID is a block_id or an action_id.
	MaxID = 255
	// MaxLabel, MaxValue and MaxURL are a button's text, value and address
	// (https://docs.slack.dev/reference/block-kit/block-elements/button-element/).
	MaxLabel = 75
	MaxValue = 2000
	MaxURL   = 3000
	// MaxConfirmTitle, MaxConfirmText and MaxConfirmLabel are those of a confirmation dialog and its two buttons
	// (https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object/).
	MaxConfirmTitle = 100
	MaxConfirmText  = 300
	MaxConfirmLabel = 30
	// MaxOptions is how many options a menu has, MaxOption the text of one, MaxOptionValue its value
	// (https://docs.slack.dev/reference/block-kit/composition-objects/option-object/).
	MaxOptions     = 100
	MaxOption      = 75
	MaxOptionValue = 150
	// MaxViewTitle is the title of a modal, and each label of its buttons (https://docs.slack.dev/reference/views/modal-views/).
	MaxViewTitle = 24
	// MaxPrivateMetadata is a view's private_metadata (likewise).
	MaxPrivateMetadata = 3000
	// MaxInputLabel is the label or the hint of an input block
	// (https://docs.slack.dev/reference/block-kit/blocks/input-block/).
	MaxInputLabel = 2000
	// MaxText is a message's text: chat.update and chat.postEphemeral refuse more (msg_too_long,
	// https://docs.slack.dev/reference/methods/chat.update/), chat.postMessage cuts at 40,000.
	MaxText = 4000
	// MaxBlocksText is all of a message's blocks together. Slack names no figure; chat.postMessage answers
	// msg_blocks_too_long from 13,200 characters and sometimes below 12,000 of text (https://github.com/slackapi/bolt-js/issues/2509
	// and 2867), so we stay well below.
	MaxBlocksText = 11000
)
