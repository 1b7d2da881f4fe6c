package remote

import "context"

// Job is what building a job needs to know of it.
type Job struct {
	Class      string `json:"_class"`
	Name       string `json:"name"`
	FullName   string `json:"fullName"`
	URL        string `json:"url"`
	Color      string `json:"color"`
	Buildable  bool   `json:"buildable"`
	NextNumber int64  `json:"nextBuildNumber"`
	Last       *Build `json:"lastBuild"`
	Property   []struct {
		Parameters []Parameter `json:"parameterDefinitions"`
	} `json:"property"`
	Jobs []Item `json:"jobs"` // of a folder
}

// Parameter is the definition of one parameter.
type Parameter struct {
	Class       string   `json:"_class"`
	Type        string   `json:"type"` // "StringParameterDefinition"
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Choices     []string `json:"choices"`     // of a choice
	Project     string   `json:"projectName"` // of a run
	Regex       string   `json:"regex"`       // of a validating string, where the plug-in says
	Complaint   string   `json:"failedValidationMessage"`
	Default     *struct {
		Value any `json:"value"`
	} `json:"defaultParameterValue"`
}

// Folder reports whether it holds other jobs and cannot be built itself.
func (j *Job) Folder() bool { return j.Color == "" && !j.Buildable && j.NextNumber == 0 }

// Parameterized reports whether the job is built with parameters; Jenkins takes another request for that.
func (j *Job) Parameterized() bool { return len(j.Parameters()) > 0 }

// Parameters are the job's parameters in the order in which its owner wrote them.
func (j *Job) Parameters() []Parameter {
	var all []Parameter
	for _, property := range j.Property {
		all = append(all, property.Parameters...)
	}
	return all
}

const parameterFields = "name,type,description,choices,projectName,regex,failedValidationMessage,defaultParameterValue[value]"

// Job reads a job's definition.
func (c *Client) Job(ctx context.Context, name string) (*Job, error) {
	var job Job
	_, err := c.read(ctx, ask{
		doing: "reading " + name, path: Path(name),
		query: map[string]string{"tree": "name,fullName,url,color,buildable,nextBuildNumber,lastBuild[number,url]," +
			"property[parameterDefinitions[" + parameterFields + "]],jobs[name,color,url]"},
	}, &job)
	if err != nil {
		return nil, err
	}
	return &job, nil
}
