package toxiproxy

import (
	"context"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/Shopify/toxiproxy/v2/stream"
)

// tcpEstablished is the state of a TCP connection that neither side has closed (include/net/tcp_states.h).
const tcpEstablished = 1

// connect dials the upstream for one client, outside the accept loop. In the loop, one dial without an answer would block
// all later clients, even for seconds after the upstream is back, until the kernel sends its next SYN. A client that
// gives up in the meantime is never connected, just as without a proxy.
func (proxy *Proxy) connect(client net.Conn, dying <-chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-dying:
			cancel()
		case <-ctx.Done():
		}
	}()
	settled := cancelWhenGone(client, cancel)
	upstream, err := (&net.Dialer{}).DialContext(ctx, "tcp", proxy.Upstream)
	settled()
	if err != nil {
		proxy.Logger.
			Err(err).
			Str("client", client.RemoteAddr().String()).
			Msg("Unable to open connection to upstream")
		client.Close()
		return
	}

	name := client.RemoteAddr().String()
	proxy.connections.Lock()
	select {
	case <-dying: // stopping a proxy closes the connections in the list, and waits for no others
		proxy.connections.Unlock()
		client.Close()
		upstream.Close()
		return
	default:
	}
	proxy.connections.list[name+"upstream"] = upstream
	proxy.connections.list[name+"downstream"] = client
	proxy.connections.Unlock()
	proxy.Toxics.StartLink(proxy.apiServer, name+"upstream", client, upstream, stream.Upstream)
	proxy.Toxics.StartLink(proxy.apiServer, name+"downstream", upstream, client, stream.Downstream)
}

// cancelWhenGone calls cancel once the client has closed its side, without reading any of its bytes. The returned function
// ends the watch.
func cancelWhenGone(client net.Conn, cancel func()) func() {
	connection, ok := client.(syscall.Conn)
	if !ok {
		return func() {}
	}
	raw, err := connection.SyscallConn()
	if err != nil {
		return func() {}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = raw.Read(func(fd uintptr) bool { // called at once, and again at each event on the connection
			info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
			gone := err != nil || info.State != tcpEstablished
			if gone {
				cancel()
			}
			return gone
		})
	}()
	return func() {
		_ = client.SetReadDeadline(time.Unix(1, 0))
		<-ended
		_ = client.SetReadDeadline(time.Time{})
	}
}
