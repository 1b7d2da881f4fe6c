// Package pipeline is pipelines as data: commands that run after one another, or side by side, as one job.
//
// A pipeline is an entry of the configuration's section pipelines. Each step runs a command, any function's, with arguments
// that may be templates over the pipeline's own arguments and over what earlier steps gave. [Read] reads the section; an entry
// with a mistake becomes a config.Fault with its line, and the others work. [Pipeline.Against] compares an entry with the commands
// that there are. [Pipeline.Text] and [Pipeline.SVG] draw the steps, with their states where there are any.
//
// Nothing here runs anything: the function pipeline does.
package pipeline
