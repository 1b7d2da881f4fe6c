package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"

	web "github.com/handsoff/handsoff/shared/page"
)

//go:embed template/*.html
var templateFiles embed.FS

var templates = template.Must(template.ParseFS(templateFiles, "template/*.html"))

//go:embed asset
var assetFiles embed.FS

// assets are our files by their names.
var assets = web.MustLoadAssets(assetFiles, "asset")

// render executes a template. Our own templates fail on our own mistakes only, which tests find.
func render(name string, data any) string {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		panic(fmt.Sprintf("page: %v", err))
	}
	return b.String()
}
