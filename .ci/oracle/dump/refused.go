package main

import (
	"fmt"
	"regexp"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/discovery"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	discoveryvalidation "k8s.io/kubernetes/pkg/apis/discovery/validation"
)

// Rules of newer API servers for addresses; objects that are older keep theirs as they are (KEP-4858, StrictIPCIDRValidation).
var newRule = regexp.MustCompile(`^must not have (leading 0s|bits set beyond the prefix length)|^must not be an IPv4-mapped IPv6 address|^must be in canonical form|^must not have leading or trailing whitespace`)

// Gives the objects the API server's defaults, and tells which of them it would refuse, by its own rules: such a state is none of a cluster.
func refused(in *input) (reasons []string) {
	each := func(name string, object runtime.Object, internal runtime.Object, validate func() field.ErrorList) {
		legacyscheme.Scheme.Default(object)
		if err := legacyscheme.Scheme.Convert(object, internal, nil); err != nil {
			reasons = append(reasons, fmt.Sprintf("%s: %v", name, err))
			return
		}
		for _, err := range validate() {
			if !newRule.MatchString(err.Detail) {
				reasons = append(reasons, fmt.Sprintf("%s: %v", name, err))
			}
		}
	}
	for index := range in.Services {
		var service core.Service
		each("Service "+in.Services[index].Name, &in.Services[index], &service, func() field.ErrorList {
			return corevalidation.ValidateServiceCreate(&service)
		})
	}
	for index := range in.Slices {
		var slice discovery.EndpointSlice
		each("EndpointSlice "+in.Slices[index].Name, &in.Slices[index], &slice, func() field.ErrorList {
			return discoveryvalidation.ValidateEndpointSliceCreate(&slice)
		})
	}
	return reasons
}
