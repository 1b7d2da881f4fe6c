package jenkins

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins/stapler"
)

var buildActions = map[string]action[*build]{
	"stop":              {true, (*Server).stopBuild},
	"term":              {true, (*Server).termBuild},
	"kill":              {true, (*Server).killBuild},
	"doDelete":          {true, (*Server).deleteBuild},
	"consoleText":       {false, (*Server).consoleText},
	"console":           {false, (*Server).consolePage},
	"consoleFull":       {false, (*Server).consolePage},
	"buildNumber":       {false, (*Server).buildNumber},
	"submitDescription": {true, (*Server).describeBuild},
}

// resolveBuild reads a number or a permalink; false when the text is neither. The build is nil when there is none.
func (s *Server) resolveBuild(job *item, text string) (*build, bool) {
	if b, ok := permalink(job, text); ok {
		return b, true
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, false
	}
	return job.build(n), true
}

func (s *Server) routeBuild(rq *request, b *build, rest []string) answer {
	switch {
	case len(rest) == 0:
		return s.page(rq, b.job.fullDisplayName()+" "+b.displayName(), "<h1>Build "+b.displayName()+"</h1>")
	case isAPI(rest):
		return s.api(rq, rest, s.exporter(rq).build(b))
	case rest[0] == "logText" && len(rest) >= 2:
		return s.logText(rq, b, rest[1])
	case rest[0] == "input" && b.job.isPipeline():
		return s.routeInput(rq, b, rest[1:])
	case rest[0] == "wfapi" && b.job.isPipeline() && len(rest) >= 2:
		return s.stageView(rq, b, rest[1])
	default:
		return act(s, rq, buildActions, rest[0], b)
	}
}

func (s *Server) stopBuild(rq *request, b *build) answer {
	s.signal(b, signalStop, rq.user)
	return rq.back()
}

// termBuild and killBuild exist for pipelines only.
func (s *Server) termBuild(rq *request, b *build) answer { return s.pipelineSignal(rq, b, signalTerm) }

func (s *Server) killBuild(rq *request, b *build) answer { return s.pipelineSignal(rq, b, signalKill) }

func (s *Server) pipelineSignal(rq *request, b *build, kind string) answer {
	if !b.job.isPipeline() {
		return s.notFound()
	}
	s.signal(b, kind, rq.user)
	return rq.back()
}

// deleteBuild removes the record of a build that has ended; Jenkins keeps that of one that runs.
func (s *Server) deleteBuild(rq *request, b *build) answer {
	if b.running() {
		return s.htmlPage(http.StatusOK, "Jenkins", "<h1>Retry delete?</h1><p>The build "+
			b.job.fullDisplayName()+" "+b.displayName()+" could not be deleted.</p>")
	}
	s.removeBuild(b)
	return rq.redirect(http.StatusFound, b.job.path())
}

func (s *Server) removeBuild(b *build) { s.forget(b) }

func (s *Server) buildNumber(_ *request, b *build) answer {
	return plain(http.StatusOK, itoa(b.Number)).with("Content-Type", "text/plain;charset=us-ascii")
}

func (s *Server) describeBuild(rq *request, b *build) answer {
	b.Text = rq.form.get("description")
	s.touchBuild(b)
	return rq.dot()
}

// consoleText is the whole console so far.
func (s *Server) consoleText(_ *request, b *build) answer {
	text := b.console(s.now)
	return answer{status: http.StatusOK, stream: func(w io.Writer) error { return text.writeFrom(w, 0) }}.
		with("Content-Type", "text/plain;charset=UTF-8")
}

func (s *Server) consolePage(_ *request, b *build) answer {
	return s.htmlPage(http.StatusOK, b.displayName()+" Console", "<h1>Console Output</h1>")
}

// logText is the console from an offset on. X-Text-Size is where to go on, X-More-Data says that there will be more.
func (s *Server) logText(rq *request, b *build, kind string) answer {
	if kind != "progressiveText" && kind != "progressiveHtml" {
		return s.notFound()
	}
	start, err := parseStart(rq.form)
	if err != nil {
		return s.oops(http.StatusInternalServerError)
	}
	text := b.console(s.now)
	size := text.size()
	if start > size {
		start = 0 // the log was rolled over
	}
	a := answer{status: http.StatusOK, stream: func(w io.Writer) error { return text.writeFrom(w, start) }}
	if kind == "progressiveHtml" {
		a.stream = func(w io.Writer) error { return text.writeFrom(htmlWriter{w}, start) }
		a = a.with("Content-Type", "text/html;charset=UTF-8")
	} else {
		a = a.with("Content-Type", "text/plain;charset=UTF-8")
	}
	a = a.with("X-Text-Size", itoa64(size))
	if b.running() {
		a = a.with("X-More-Data", "true")
	}
	return a
}

var errStart = errors.New("not an offset")

func parseStart(f *form) (int64, error) {
	if !f.has("start") {
		return 0, nil
	}
	n, err := strconv.ParseInt(f.get("start"), 10, 64)
	if err != nil || n < 0 {
		return 0, errStart
	}
	return n, nil
}

// inputBean is the question that a pipeline waits with.
func (s *Server) inputBean(b *build) stapler.Bean {
	at := func(name string, value any) stapler.Property { return stapler.At(2, name, value) }
	return stapler.Bean{
		Class: "org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution",
		Properties: []stapler.Property{
			at("displayName", b.plan.question), at("id", b.plan.asks), at("settled", false),
		},
	}
}
