// Package template is environments as data: what the configuration's openstack.templates say an environment consists of.
//
// [Read] reads the templates; one with a mistake is left out, with a config.Fault and its line for each mistake. [Template.Expand]
// makes a [Plan] of one: every thing that is to be made, with what it needs to be there before. It is pure: the same template,
// name and parameters make the same plan, and nothing is asked.
//
// Texts and numbers in a template may have holes, {{ expression }}, in the language of rules and pipelines. They see
// parameters.<name>; env.name, env.owner and env.cloud; and, below servers, server.name and server.index, from 1.
package template
