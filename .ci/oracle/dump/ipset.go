package main

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	ipsettest "k8s.io/kubernetes/pkg/proxy/ipvs/ipset/testing"
)

// The commands with which kube-proxy makes its sets, as a text for ipset restore.
func savedSets(fake *ipsettest.FakeIPSet) string {
	var blocks []string
	for name, set := range fake.Sets {
		set.SetDefaults()
		block := fmt.Sprintf("create %s %s", name, set.SetType)
		if strings.HasPrefix(string(set.SetType), "hash:") {
			block += fmt.Sprintf(" family %s hashsize %d maxelem %d", set.HashFamily, set.HashSize, set.MaxElem)
		} else {
			block += " range " + set.PortRange
		}
		block += "\n"
		for _, entry := range fake.Entries[name].List() {
			block += fmt.Sprintf("add %s %s\n", name, entry)
		}
		blocks = append(blocks, block)
	}
	sort.Strings(blocks)
	return strings.Join(blocks, "")
}

// The sets as a node's ipset save prints them, after its ipset restore has made them.
func restoredSets(text string) (string, error) {
	// Rules of an earlier state may still ask for its sets.
	for _, name := range []string{"iptables", "ip6tables"} {
		if _, err := run("*nat\nCOMMIT\n*filter\nCOMMIT\n*mangle\nCOMMIT\n", name+"-restore"); err != nil {
			return "", err
		}
	}
	if _, err := run("", "ipset", "destroy"); err != nil {
		return "", err
	}
	if _, err := run(text, "ipset", "restore"); err != nil {
		return "", err
	}
	return run("", "ipset", "save")
}

// A match that only a kernel with IPVS knows.
var ipvsMatch = regexp.MustCompile(`-m ipvs --vaddr (\S+) --vproto (\S+) --vport (\S+)`)

var commented = regexp.MustCompile(`-m comment --comment "@ipvs (\S+) (\S+) (\S+)"`)

// Like saved; what the kernel may not know goes through its hands as a comment, and comes back in the words of iptables-save.
func (k *keeper) savedWithout(match *regexp.Regexp) (string, error) {
	for table := range k.Dump.Tables {
		for chain := range k.Dump.Tables[table].Chains {
			for _, rule := range k.Dump.Tables[table].Chains[chain].Rules {
				rule.Raw = match.ReplaceAllString(rule.Raw, `-m comment --comment "@ipvs $1 $2 $3"`)
			}
		}
	}
	text, err := k.saved()
	if err != nil {
		return "", err
	}
	return commented.ReplaceAllStringFunc(text, func(found string) string {
		parts := commented.FindStringSubmatch(found)
		number := map[string]string{"tcp": "6", "udp": "17", "sctp": "132"}[parts[2]]
		return fmt.Sprintf("-m ipvs --vproto %s --vaddr %s --vport %s", number, parts[1], parts[3])
	}), nil
}
