package main

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy"
	utiliptables "k8s.io/kubernetes/pkg/util/iptables"
	iptablestest "k8s.io/kubernetes/pkg/util/iptables/testing"
)

// Keeps the rules that kube-proxy sets, canaries too, which the real one makes before it watches them.
type keeper struct {
	*iptablestest.FakeIPTables
}

func newKeeper(family v1.IPFamily) *keeper {
	fake := iptablestest.NewFake()
	if family == v1.IPv6Protocol {
		fake = iptablestest.NewIPv6Fake()
	}
	masqueradeFully(fake)
	return &keeper{fake}
}

func (k *keeper) ensureCanaries(chain utiliptables.Chain) error {
	for _, table := range []utiliptables.Table{utiliptables.TableMangle, utiliptables.TableNAT, utiliptables.TableFilter} {
		if _, err := k.EnsureChain(table, chain); err != nil {
			return err
		}
	}
	return nil
}

// What kubelet holds on every node, whose rule kube-proxy sets too while it opens NodePorts on localhost (syncIPTablesRules of pkg/kubelet/kubelet_network_linux.go).
func (k *keeper) ensureKubelets() error {
	if k.IsIPv6() {
		return nil
	}
	if _, err := k.EnsureChain(utiliptables.TableFilter, "KUBE-FIREWALL"); err != nil {
		return err
	}
	for _, chain := range []utiliptables.Chain{utiliptables.ChainOutput, utiliptables.ChainInput} {
		if _, err := k.EnsureRule(utiliptables.Prepend, utiliptables.TableFilter, chain, "-j", "KUBE-FIREWALL"); err != nil {
			return err
		}
	}
	_, err := k.EnsureRule(utiliptables.Append, utiliptables.TableFilter, "KUBE-FIREWALL", "-m", "comment", "--comment", "block incoming localnet connections",
		"-d", "127.0.0.0/8", "!", "-s", "127.0.0.0/8", "-m", "conntrack", "!", "--ctstate", "RELATED,ESTABLISHED,DNAT", "-j", "DROP")
	return err
}

// EnsureRule gets words as a shell would give them; the text that is restored needs their quotes.
func (k *keeper) EnsureRule(position utiliptables.RulePosition, table utiliptables.Table, chain utiliptables.Chain, args ...string) (bool, error) {
	quoted := make([]string, len(args))
	for index, arg := range args {
		quoted[index] = arg
		if strings.Contains(arg, " ") {
			quoted[index] = strconv.Quote(arg)
		}
	}
	return k.FakeIPTables.EnsureRule(position, table, chain, quoted...)
}

// Monitor starts later than the rules are wanted: see ensureCanaries.
func (k *keeper) Monitor(utiliptables.Chain, []utiliptables.Table, func(), time.Duration, <-chan struct{}) {
}

var builtIn = regexp.MustCompile(`(?m)^:(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) - `)

// The rules as a node's iptables-save prints them, after its iptables-restore has set them.
func (k *keeper) saved() (string, error) {
	var text bytes.Buffer
	if err := k.SaveInto("", &text); err != nil {
		return "", err
	}
	name := "iptables"
	if k.IsIPv6() {
		name = "ip6tables"
	}
	if _, err := run(builtIn.ReplaceAllString(text.String(), ":$1 ACCEPT "), name+"-restore"); err != nil {
		return "", err
	}
	return run("", name+"-save")
}

func iptablesFiles(made *parts) (map[string]string, error) {
	keepers := map[v1.IPFamily]*keeper{}
	proxiers := map[v1.IPFamily]proxy.Provider{}
	for _, family := range families {
		keepers[family] = newKeeper(family)
		if err := errors.Join(keepers[family].ensureKubelets(), keepers[family].ensureCanaries("KUBE-PROXY-CANARY")); err != nil {
			return nil, err
		}
		proxier, err := newIPTables(made, family, keepers[family])
		if err != nil {
			return nil, err
		}
		proxier.Detach(made.network, made.in.HasNfacct)
		proxiers[family] = proxier
	}
	sync(made.in, proxiers)
	ipv4, err := keepers[v1.IPv4Protocol].saved()
	if err != nil {
		return nil, err
	}
	ipv6, err := keepers[v1.IPv6Protocol].saved()
	return map[string]string{"iptables": ipv4, "ip6tables": ipv6}, err
}
