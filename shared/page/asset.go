package page

import (
	_ "embed" // for live.js
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed asset/live.js
var liveScript []byte

// Script is the name of the file that keeps a page up to date; every [Assets] has it.
const Script = "live.js"

// kinds are the media types of our files, so that none is guessed.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

// Assets are a function's files, by names that hold a digest of their content.
type Assets struct{ files map[string]*asset }

// asset is one file.
type asset struct {
	name string // with the digest of its content
	kind string
	body Packed
}

// loadAssets reads all files of a folder.
func loadAssets(folder fs.FS, dir string) (*Assets, error) {
	entries, err := fs.ReadDir(folder, dir)
	if err != nil {
		return nil, fmt.Errorf("page: read the folder of files: %w", err)
	}
	bodies := map[string][]byte{Script: liveScript}
	for _, entry := range entries {
		body, err := fs.ReadFile(folder, path.Join(dir, entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("page: read a file: %w", err)
		}
		bodies[entry.Name()] = body
	}
	a := &Assets{make(map[string]*asset)}
	for name, body := range bodies {
		ext := path.Ext(name)
		kind := kinds[ext]
		if kind == "" {
			kind = mime.TypeByExtension(ext)
		}
		a.files[name] = &asset{strings.TrimSuffix(name, ext) + "-" + Digest(body) + ext, kind, Pack(body)}
	}
	return a, nil
}

// MustLoadAssets reads all files of a folder that is built in, and adds [Script]. It panics: its errors are the builder's mistakes.
func MustLoadAssets(folder fs.FS, dir string) *Assets {
	a, err := loadAssets(folder, dir)
	if err != nil {
		panic(err)
	}
	return a
}

// Name is a file's name with its digest; a name that is none of ours gives itself.
func (a *Assets) Name(name string) string {
	if file := a.files[name]; file != nil {
		return file.name
	}
	return name
}

// ServeHTTP serves the file that the path's value name names. That of another version of ours is served as it is now, to be
// asked for again.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	Guard(w.Header())
	for name, file := range a.files {
		ext := path.Ext(name)
		asked := r.PathValue("name")
		if !strings.HasPrefix(asked, strings.TrimSuffix(name, ext)+"-") || !strings.HasSuffix(asked, ext) {
			continue
		}
		h := w.Header()
		h.Set("Content-Type", file.kind)
		h.Set("Cache-Control", "no-cache")
		if asked == file.name {
			h.Set("Cache-Control", Immutable)
		}
		if Same(w, r, `W/"`+file.name+`"`) {
			return
		}
		file.body.Send(w, r)
		return
	}
	http.NotFound(w, r)
}
