package slack

import (
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// A Manifest is what an app may do and wants to hear of, from the manifest with which it was made
// (docs.slack.dev/reference/app-manifest).
type Manifest struct {
	Name     string    // of the bot user
	Scopes   []string  // of the bot token
	Events   []string  // that the bot subscribed to
	Commands []Command // slash commands
	// Shortcuts are the callback ids of global and message shortcuts.
	Shortcuts []Shortcut
	Unfurl    []string // domains whose links are told to the app
	Home      bool     // the app has an App Home
	Messages  bool     // people may write to the bot
}

// A Command is a slash command.
type Command struct {
	Command string `yaml:"command"`
	Escape  bool   `yaml:"should_escape"` // mentions come as <@U1|name> and <#C1|name>
}

// A Shortcut opens something from Slack's menus.
type Shortcut struct {
	Name       string `yaml:"name"`
	Type       string `yaml:"type"` // "global" or "message"
	CallbackID string `yaml:"callback_id"`
}

var errManifest = errors.New("this is no app manifest with a bot")

// ReadManifest reads the YAML (or JSON) of an app manifest. What it does not need it leaves alone.
func ReadManifest(text []byte) (*Manifest, error) {
	var raw struct {
		Features struct {
			Bot struct {
				Name string `yaml:"display_name"`
			} `yaml:"bot_user"`
			Home struct {
				Home     bool `yaml:"home_tab_enabled"`
				Messages bool `yaml:"messages_tab_enabled"`
				ReadOnly bool `yaml:"messages_tab_read_only_enabled"`
			} `yaml:"app_home"`
			Commands  []Command  `yaml:"slash_commands"`
			Shortcuts []Shortcut `yaml:"shortcuts"`
			Unfurl    []string   `yaml:"unfurl_domains"`
		} `yaml:"features"`
		OAuth struct {
			Scopes struct {
				Bot []string `yaml:"bot"`
			} `yaml:"scopes"`
		} `yaml:"oauth_config"`
		Settings struct {
			Events struct {
				Bot []string `yaml:"bot_events"`
			} `yaml:"event_subscriptions"`
		} `yaml:"settings"`
	}
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	if raw.Features.Bot.Name == "" || len(raw.OAuth.Scopes.Bot) == 0 {
		return nil, fmt.Errorf("read the manifest: %w: it needs features.bot_user and oauth_config.scopes.bot", errManifest)
	}
	return &Manifest{
		Name: raw.Features.Bot.Name, Scopes: raw.OAuth.Scopes.Bot, Events: raw.Settings.Events.Bot,
		Commands: raw.Features.Commands, Shortcuts: raw.Features.Shortcuts, Unfurl: raw.Features.Unfurl,
		Home: raw.Features.Home.Home, Messages: raw.Features.Home.Messages && !raw.Features.Home.ReadOnly,
	}, nil
}

// granted says whether the app has a scope. Without a manifest it has all.
func (s *Server) granted(scope string) bool {
	return s.options.Manifest == nil || slices.Contains(s.options.Manifest.Scopes, scope)
}

// subscribed says whether the app wants to hear of an event. Without a manifest it hears of all.
func (s *Server) subscribed(event string) bool {
	return s.options.Manifest == nil || slices.Contains(s.options.Manifest.Events, event)
}

func (s *Server) botName() string {
	if s.options.Manifest == nil {
		return "handsoff"
	}
	return s.options.Manifest.Name
}
