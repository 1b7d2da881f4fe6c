// Package session is how people log in to the dashboard, stay logged in, and log out.
//
// Who somebody is comes from where they are known already: a link that the bot gives them, once, in the chat or terminal in
// which they are; or Slack or GitHub, which is asked as OAuth 2.0 and OpenID Connect have it. What they may do is looked up
// in the configuration with each request, under the same name as at that door.
//
// A browser holds a token of 256 bits in a cookie that no script can read. Redis holds only its digest, with who it is: a
// session ends half a day after its last use and seven days after it began, and a new login is always a new token. A token that the
// browser had before it logged in is worth nothing afterwards.
package session
