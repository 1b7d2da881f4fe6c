// Command probe is the function that the tests of local-provider build and deploy.
package main

import "github.com/handsoff/handsoff/local-provider/function/functiontest"

func main() { functiontest.Main() }
