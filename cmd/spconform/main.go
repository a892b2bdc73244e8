// Command spconform proves that a product speaks the social-protection interoperability standards.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
