package blockkit

// Slack's limits, in characters or items. Where a page of docs.slack.dev/reference/block-kit says it, it is named.
const (
	maxMessageBlocks = 50  // blocks: "up to 50 blocks in each message, and 100 blocks in modals or Home tabs"
	maxViewBlocks    = 100 // likewise

	maxText         = 3000  // composition-objects/text-object; blocks/section-block
	maxFields       = 10    // blocks/section-block
	maxFieldText    = 2000  // likewise
	maxHeader       = 150   // blocks/header-block
	maxActions      = 25    // blocks/actions-block
	maxContext      = 10    // blocks/context-block
	maxContextAct   = 5     // blocks/context-actions-block
	maxLabel        = 2000  // blocks/input-block: label and hint; blocks/image-block: title and alt_text
	maxMarkdown     = 12000 // blocks/markdown-block: "the cumulative limit for all markdown blocks in a single payload"
	maxID           = 255   // block_id, action_id; views: callback_id, external_id
	maxURL          = 3000  // block-elements/button-element, blocks/image-block
	maxButton       = 75    // block-elements/button-element: text, accessibility_label
	maxValue        = 2000  // block-elements/button-element
	maxPlaceholder  = 150   // block-elements: select menus, inputs, pickers
	maxOptions      = 100   // block-elements/select-menu-element: options and option groups
	maxBoxes        = 10    // block-elements/checkboxes-element, radio-button-group-element
	maxOverflow     = 5     // block-elements/overflow-menu-element
	maxOptionText   = 75    // composition-objects/option-object: text, description; option-group-object: label
	maxOptionValue  = 150   // composition-objects/option-object
	maxInput        = 3000  // block-elements/plain-text-input-element: min_length, max_length
	maxFiles        = 10    // block-elements/file-input-element
	maxConfirmTitle = 100   // composition-objects/confirmation-dialog-object
	maxConfirmText  = 300   // likewise
	maxConfirmYes   = 30    // likewise: confirm, deny
	maxRows         = 100   // blocks/table-block
	maxCells        = 20    // likewise
	maxTable        = 10000 // likewise: characters of all cells
	maxVideoTitle   = 199   // blocks/video-block: "must be less than 200 characters"
	maxVideoAuthor  = 49    // likewise: "less than 50 characters"
	maxViewTitle    = 24    // views: title, close, submit
	maxPrivate      = 3000  // views: private_metadata
	maxView         = 250_000
)

// MaxMessageText is how many characters the texts of a message's blocks may have together. It is documented nowhere:
// messages of some 13,200 are refused with msg_blocks_too_long (github.com/slackapi/bolt-js/issues/2509).
const MaxMessageText = 13_200
