package container

import (
	"context"
	"net"

	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
)

// callbackHost is the name under which a container finds the runner.
const callbackHost = "host.docker.internal"

// closedBridge are the options of a network without a way out: nothing translates its addresses, so
// that no answer finds the way back.
var closedBridge = map[string]string{"com.docker.network.bridge.enable_ip_masquerade": "false"}

// bridge is the network of a run.
type bridge struct {
	name, id string
	// host is what callbackHost stands for: an address, or host-gateway.
	host string
	// listen is where the runner takes callbacks.
	listen string
}

// bridge makes the network of a run and finds where the runner is seen from it.
func (e *engine) bridge(ctx context.Context, run string) (*bridge, error) {
	made := &bridge{name: prefix + run, host: "host-gateway", listen: "0.0.0.0:0"}
	created, err := e.NetworkCreate(ctx, made.name, client.NetworkCreateOptions{Driver: "bridge", Options: closedBridge, Labels: labels(run)})
	if err != nil {
		return nil, fault(CodeEngine, "the engine makes no network: %s", plain(err))
	}
	made.id = created.ID
	if e.self != "" {
		return made, e.join(ctx, made)
	}
	seen, err := e.NetworkInspect(ctx, made.id, client.NetworkInspectOptions{})
	if err != nil {
		return nil, fault(CodeEngine, "the engine does not show the network it made: %s", plain(err))
	}
	if gateway := gatewayOf(seen.Network); gateway != "" && here(gateway) {
		made.host, made.listen = gateway, net.JoinHostPort(gateway, "0")
	} else if e.desktop {
		made.listen = "127.0.0.1:0"
	}
	return made, nil
}

// gatewayOf is the address of the bridge on the engine's machine: as the network says, or as the
// interface has it, since some engines say it only after the first use.
func gatewayOf(seen network.Inspect) string {
	for _, config := range seen.IPAM.Config {
		if config.Gateway.IsValid() && config.Gateway.Is4() {
			return config.Gateway.String()
		}
	}
	name := seen.Options["com.docker.network.bridge.name"]
	if name == "" && len(seen.ID) >= 12 {
		name = "br-" + seen.ID[:12]
	}
	device, err := net.InterfaceByName(name)
	if err != nil {
		return ""
	}
	addresses, _ := device.Addrs()
	for _, address := range addresses {
		if at, ok := address.(*net.IPNet); ok && at.IP.To4() != nil {
			return at.IP.String()
		}
	}
	return ""
}

// join puts the runner's own container onto the network, where it is found by address.
func (e *engine) join(ctx context.Context, made *bridge) error {
	if _, err := e.NetworkConnect(ctx, made.id, client.NetworkConnectOptions{Container: e.self}); err != nil {
		return fault(CodeEngine, "the runner's own container cannot join the product's network: %s", plain(err))
	}
	seen, err := e.ContainerInspect(ctx, e.self, client.ContainerInspectOptions{})
	if err != nil {
		return fault(CodeEngine, "the engine does not show the runner's own container: %s", plain(err))
	}
	for name, endpoint := range seen.Container.NetworkSettings.Networks {
		if name == made.name && endpoint.IPAddress.IsValid() {
			made.host = endpoint.IPAddress.String()
			made.listen = net.JoinHostPort(made.host, "0")
			return nil
		}
	}
	return fault(CodeEngine, "the runner's own container has no address on the product's network")
}
