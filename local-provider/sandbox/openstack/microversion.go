package openstack

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// microversions says which small versions of its API a service has, and by which headers they are asked for.
type microversions struct {
	major, least, most int
	service            string // in OpenStack-API-Version: "compute 2.93"
	legacy             string // the header of before; empty for none
}

// The versions of Zed.
var (
	novaVersions = &microversions{
		major: 2, least: 1, most: 93, service: "compute", legacy: "X-OpenStack-Nova-API-Version",
	}
	placementVersions = &microversions{major: 1, least: 0, most: 39, service: "placement"}
	cinderVersions    = &microversions{major: 3, least: 0, most: 70, service: "volume"}
)

// text is a version as it is written: 2.93.
func (m *microversions) text(minor int) string {
	return strconv.Itoa(m.major) + "." + strconv.Itoa(minor)
}

// negotiate is the small version that a request asks for: the least without a header, the most for "latest".
func (m *microversions) negotiate(h http.Header) (int, error) {
	asked := m.asked(h)
	if asked == "" {
		return m.least, nil
	}
	if asked == "latest" {
		return m.most, nil
	}
	major, minor, ok := cutVersion(asked)
	if !ok {
		return m.least, refuse(http.StatusBadRequest, "API Version String %s is of invalid format. Must be of format MajorNum.MinorNum.", asked)
	}
	if major != m.major || minor < m.least || minor > m.most {
		return m.least, &refusal{
			status: http.StatusNotAcceptable, more: object{"min_version": m.text(m.least), "max_version": m.text(m.most)},
			message: fmt.Sprintf("Version %s is not supported by the API. Minimum is %s and maximum is %s.", asked, m.text(m.least), m.text(m.most)),
		}
	}
	return minor, nil
}

// asked is the version as a header names it, empty for none.
func (m *microversions) asked(h http.Header) string {
	for _, line := range h.Values("Openstack-Api-Version") {
		for word := range strings.SplitSeq(line, ",") {
			service, version, _ := strings.Cut(strings.TrimSpace(word), " ")
			if strings.EqualFold(service, m.service) {
				return strings.ToLower(strings.TrimSpace(version))
			}
		}
	}
	if m.legacy != "" {
		return strings.ToLower(strings.TrimSpace(h.Get(m.legacy)))
	}
	return ""
}

func cutVersion(text string) (major, minor int, ok bool) {
	a, b, found := strings.Cut(text, ".")
	major, errMajor := strconv.Atoi(a)
	minor, errMinor := strconv.Atoi(b)
	return major, minor, found && errMajor == nil && errMinor == nil && major >= 0 && minor >= 0
}

// tell adds to an answer which version it is of. One that was not to be had is named as it was asked for, and one that is none not
// at all; nor does Placement tell one that was not to be had.
func (m *microversions) tell(h, asked http.Header, minor, status int) {
	version := m.text(minor)
	if word := m.asked(asked); word != "" && word != "latest" {
		if _, _, ok := cutVersion(word); !ok {
			return
		}
		if status == http.StatusNotAcceptable && m == placementVersions {
			return
		}
		if status == http.StatusNotAcceptable {
			version = word
		}
	}
	h.Set("Openstack-Api-Version", m.service+" "+version)
	h.Add("Vary", "OpenStack-API-Version")
	if m.legacy != "" {
		h.Set(m.legacy, version)
		h.Add("Vary", m.legacy)
	}
}
