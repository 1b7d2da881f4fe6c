package jenkins

import (
	"fmt"
	"strings"
)

// demoFolder is the folder of the ready-made jobs.
const demoFolder = "demo"

// markParameter is the parameter by which the product's jobs mark the builds that they start.
const markParameter = "HANDSOFF_JOB"

// A demoJob is a ready-made job.
type demoJob struct {
	name, text string
	pipeline   bool
	script     string // what it would run; its first line names the recipe
	label      string
	disabled   bool
	concurrent bool
	unmarked   bool   // without the mark
	parameters string // definitions, as XML
}

// demoJobs are the jobs that a sandbox has from the start.
func demoJobs() []demoJob {
	return []demoJob{
		{
			name: "slow", text: "Takes as long as you say.", script: "slow", concurrent: true,
			parameters: stringXML("seconds", "30", "How long it takes."),
		},
		{name: "fail", text: "Fails after a while.", script: "fail"},
		{name: "results", text: "Prints a structured result.", script: "results"},
		{name: "hang", text: "Never ends by itself.", script: "hang", concurrent: true},
		{name: "stubborn", text: "Ignores a stop, dies at a term.", script: "stubborn", pipeline: true},
		{name: "immortal", text: "Ignores a stop and a term, dies at a kill.", script: "immortal", pipeline: true},
		{name: "vanish", text: "Loses its record while it runs.", script: "vanish"},
		{name: "unstable", text: "Ends unstable.", script: "unstable"},
		{name: "input", text: "Waits for somebody to approve.", script: "input", pipeline: true},
		{name: "typed", text: "Has a parameter of each type.", script: "typed", parameters: typedXML},
		{
			name: "big", text: "Prints many megabytes.", script: "big",
			parameters: stringXML("megabytes", "20", "How much it prints."),
		},
		{name: "queue", text: "Wants a node that nobody has.", script: "slow", label: "unobtainium"},
		{name: "disabled", text: "Is disabled.", script: "slow", disabled: true},
		{name: "plain", text: "Has no parameters.", script: "slow", unmarked: true},
		{
			name: "nomark", text: "Has parameters, but not " + markParameter + ".", script: "slow", unmarked: true,
			parameters: stringXML("seconds", "5", "How long it takes."),
		},
	}
}

// addDemo makes the ready-made jobs that are not there yet.
func (s *Server) addDemo() {
	folder := s.root.child(demoFolder)
	if folder == nil {
		folder = s.newItem(s.root, demoFolder, []byte(emptyConfigs[folderRoot]))
		for _, job := range demoJobs() {
			s.newItem(folder, job.name, []byte(job.config()))
		}
		if s.options.Past {
			s.addPast(folder)
		}
	}
}

// config is the job's config.xml.
func (j demoJob) config() string {
	parameters := j.parameters
	if !j.unmarked {
		parameters += stringXML(markParameter, "", "The job on whose behalf this runs.")
	}
	properties := "<properties/>"
	if parameters != "" {
		properties = "<properties>\n    <hudson.model.ParametersDefinitionProperty>\n      <parameterDefinitions>\n" +
			parameters + "      </parameterDefinitions>\n    </hudson.model.ParametersDefinitionProperty>\n  </properties>"
	}
	if j.pipeline {
		return fmt.Sprintf(pipelineXML, escaped(j.text), properties, j.script, j.disabled)
	}
	label := "<canRoam>true</canRoam>"
	if j.label != "" {
		label = "<assignedNode>" + j.label + "</assignedNode>\n  <canRoam>false</canRoam>"
	}
	return fmt.Sprintf(freestyleXML, escaped(j.text), properties, label, j.disabled, j.concurrent, j.script)
}

const freestyleXML = `<project>
  <description>%s</description>
  <keepDependencies>false</keepDependencies>
  %s
  <scm class="hudson.scm.NullSCM"/>
  %s
  <disabled>%t</disabled>
  <blockBuildWhenDownstreamBuilding>false</blockBuildWhenDownstreamBuilding>
  <blockBuildWhenUpstreamBuilding>false</blockBuildWhenUpstreamBuilding>
  <triggers/>
  <concurrentBuild>%t</concurrentBuild>
  <builders>
    <hudson.tasks.Shell>
      <command># sandbox: %s</command>
    </hudson.tasks.Shell>
  </builders>
  <publishers/>
  <buildWrappers/>
</project>
`

const pipelineXML = `<flow-definition>
  <description>%s</description>
  <keepDependencies>false</keepDependencies>
  %s
  <definition class="org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition">
    <script>// sandbox: %s</script>
    <sandbox>true</sandbox>
  </definition>
  <triggers/>
  <disabled>%t</disabled>
</flow-definition>
`

// stringXML is the definition of a string parameter.
func stringXML(name, value, text string) string {
	return indent(`<hudson.model.StringParameterDefinition>
  <name>` + name + `</name>
  <description>` + escaped(text) + `</description>
  <defaultValue>` + escaped(value) + `</defaultValue>
  <trim>false</trim>
</hudson.model.StringParameterDefinition>
`)
}

func indent(text string) string {
	return "        " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n        ") + "\n"
}

// typedXML defines one parameter of each type that Jenkins has, and one of a type that clients do not know.
const typedXML = `        <hudson.model.StringParameterDefinition>
          <name>STRING</name><description>A line.</description><defaultValue>one line</defaultValue><trim>true</trim>
        </hudson.model.StringParameterDefinition>
        <hudson.model.TextParameterDefinition>
          <name>TEXT</name><description>Lines.</description><defaultValue>first
second</defaultValue><trim>false</trim>
        </hudson.model.TextParameterDefinition>
        <hudson.model.BooleanParameterDefinition>
          <name>BOOLEAN</name><description>Yes or no.</description><defaultValue>true</defaultValue>
        </hudson.model.BooleanParameterDefinition>
        <hudson.model.ChoiceParameterDefinition>
          <name>CHOICE</name><description>One of a few.</description>
          <choices class="java.util.Arrays$ArrayList"><a class="string-array">
            <string>small</string><string>medium</string><string>large</string>
          </a></choices>
        </hudson.model.ChoiceParameterDefinition>
        <hudson.model.PasswordParameterDefinition>
          <name>PASSWORD</name><description>A secret.</description><defaultValue></defaultValue>
        </hudson.model.PasswordParameterDefinition>
        <hudson.model.RunParameterDefinition>
          <name>RUN</name><description>A build.</description><projectName>demo/slow</projectName><filter>ALL</filter>
        </hudson.model.RunParameterDefinition>
        <hudson.model.FileParameterDefinition>
          <name>FILE</name><description>A file.</description>
        </hudson.model.FileParameterDefinition>
        <com.cloudbees.plugins.credentials.CredentialsParameterDefinition>
          <name>CREDENTIALS</name><description>An id.</description><defaultValue>deploy-key</defaultValue>
          <credentialType>com.cloudbees.plugins.credentials.common.StandardCredentials</credentialType>
          <required>false</required>
        </com.cloudbees.plugins.credentials.CredentialsParameterDefinition>
        <com.cwctravel.hudson.plugins.extended__choice__parameter.ExtendedChoiceParameterDefinition>
          <name>EXTENDED</name><description>Several of a few.</description><type>PT_CHECKBOX</type>
          <value>red,green,blue</value><defaultValue>green</defaultValue>
          <multiSelectDelimiter>,</multiSelectDelimiter>
        </com.cwctravel.hudson.plugins.extended__choice__parameter.ExtendedChoiceParameterDefinition>
`
