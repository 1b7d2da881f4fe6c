// Package page is what our functions serve pages with: answers under an ETag, compressed; files under names that tell their
// content; parts of a page that can be replaced by themselves; and streams that say which of them are new.
//
// Nothing here knows what a page shows. The script that brings a page up to date, live.js, is served as one more file; see
// [Script].
package page
