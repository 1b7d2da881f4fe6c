package consent

import (
	"crypto/sha256"
	_ "embed" // for the style
	"encoding/base64"
	"html/template"
	"net/http"
)

//go:embed page.css
var style string

// policy lets nothing but the page's own style in.
var policy = "default-src 'none'; style-src 'sha256-" + digest(style) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// sight is what the page shows.
type sight struct {
	Title, Next, Deny string
	Wrong             bool
	People            []choice
}

type choice struct{ Name, Href string }

func (d *Desk) show(w http.ResponseWriter, name string, s sight) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	_ = pages.ExecuteTemplate(w, name, s) // fails only when the client has gone
}

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(style) }, //nolint:gosec // it is ours
}).Parse(`
{{define "head"}}<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{{style}}</style>{{end}}
{{define "door"}}{{template "head"}}<title>{{.Title}} (sandbox): log in</title></head>
<body><main><h1>The sandbox’s {{.Title}}</h1><p>It stands in for {{.Title}} on your machine, and asks who you are before you play somebody.</p>
<form method="post" action="/enter"><input type="hidden" name="next" value="{{.Next}}"><label>The token of this sandbox <input name="token" type="password" required></label>
{{if .Wrong}}<p role="alert">That is not the token.</p>{{end}}<button>Come in</button></form></main></body></html>{{end}}
{{define "ask"}}{{template "head"}}<title>{{.Title}} (sandbox): sign in</title></head>
<body><main><h1>Sign in with {{.Title}}</h1><p class="soft">handsoff wants to know who you are. Nothing else is shared.</p>
<ul>{{range .People}}<li><a class="agree" href="{{.Href}}">Continue as {{.Name}}</a></li>{{end}}</ul><p><a class="deny" href="{{.Deny}}">Cancel</a></p></main></body></html>{{end}}
`))
