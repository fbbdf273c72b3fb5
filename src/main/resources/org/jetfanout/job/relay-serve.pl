# The part of the agent relay that answers requests; relay.pl compiles it when the first one comes.
use strict;
require Fcntl;
require Socket;
my $tick = 0.2;

# True if a whole message was read.
sub whole {
    return length $_[0] >= 4 && length $_[0] >= 4 + unpack 'N', $_[0];
}

# Serves one client. As agents do, it answers each request before it reads the next.
sub serve {
    my ($client) = @_;
    my ($request, $agent, $link) = ('', undef, '');
    for (;;) {
        until (whole($request)) {
            sysread $client, $request, 65536, length $request or return;
            return if length $request > 300000;
        }
        # OpenSSH says at each login where it goes (extension 27). The guard refuses that always, so it needs no round trip.
        if (ord(substr $request, 4) == 27) {
            syswrite $client, pack 'NC', 1, 5 or return;
            $request = '';
            next;
        }
        my ($reply, $waited, $quiet) = ('', 0, 0);
        undef $agent if $agent && !syswrite $agent, $request;
        until (whole($reply)) {
            my $now = readlink('agent') // '';
            undef $agent if $now ne $link;
            if (!$agent) {
                ($reply, $link) = ('', $now);
                $agent = reach();
                undef $agent if $agent && !syswrite $agent, $request;
            }
            my $bits = ready($tick, $quiet ? () : $client, $agent ? $agent : ());
            if ($bits & 1 && !$quiet) {
                # the client has gone, or sends more before it was answered
                recv $client, my $next, 1, Socket::MSG_PEEK();
                return unless length $next;
                $quiet = 1;
            } elsif ($bits) {
                sysread $agent, $reply, 65536, length $reply or undef $agent;
                select undef, undef, undef, $tick unless $agent;
                $waited += $tick unless $agent;
            } else {
                $waited += $tick;
            }
            if ($waited > $patience || $waited > 1 && late() eq "$link\n") {
                write_late($link);
                $reply = pack 'NC', 1, 5;
                undef $agent;
            }
        }
        unlink 'late' if $agent && -e 'late';
        syswrite $client, $reply or return;
        $request = '';
    }
}

sub reach {
    socket(my $agent, Socket::AF_UNIX(), Socket::SOCK_STREAM(), 0) or return undef;
    # an agent that hangs must not block the relay
    fcntl $agent, Fcntl::F_SETFL(), Fcntl::O_NONBLOCK();
    return connect($agent, Socket::sockaddr_un('agent')) ? $agent : undef;
}

sub write_late {
    open my $late, '>', 'late' or return;
    print $late "$_[0]\n";
}

sub late {
    open my $late, '<', 'late' or return '';
    return <$late> // '';
}
