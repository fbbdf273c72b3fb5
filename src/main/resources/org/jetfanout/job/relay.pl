# The agent relay of a job. relay.py does the same on workers without perl. The runner uses the relay's
# socket as its agent as long as the job lives. The relay passes each request to the agent at which the
# link `agent` points. If that agent is gone, or is replaced before it has answered, the request waits for
# the next agent and is sent again. So an outage of the connection delays logins, but no login fails.
#
#   relay JOB PATIENCE WRAPPER    prints its process id when it listens
#
# PATIENCE: after so many seconds without an answer the relay gives up, makes the file `late`, and refuses
# the request. WRAPPER: a process id; the relay ends when the wrapper and the runner have ended.
use strict;

my ($job, $patience, $wrapper) = @ARGV;
my $tick = 0.2;
chdir $job or exit 1;
# Loading the modules takes five times as long as everything else. So the relay only checks that they are
# there, and loads them at the first request. Until then it uses numbers that are right on most Linux
# machines; if they are wrong, the modules are loaded for the right ones.
for my $module ('Fcntl.pm', 'Socket.pm') {
    exit 1 unless grep { -r "$_/$module" } @INC;
}
my $door;
unless ($^O eq 'linux' && socket($door, 1, 1, 0) && bind($door, pack 'S a*', 1, "relay\0") && listen $door, 128) {
    unlink 'relay';
    modules();
    socket $door, Socket::AF_UNIX(), Socket::SOCK_STREAM(), 0 or exit 1;
    bind $door, Socket::sockaddr_un('relay') or exit 1;
    listen $door, 128 or exit 1;
}
my $child = fork;
exit 1 unless defined $child;
if ($child) {
    print $child;
    exit 0;
}
open STDIN, '<', '/dev/null';
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
for (;;) {
    if (ready(3, $door)) {
        accept(my $client, $door) or next;
        modules();
        my $server = fork;
        if (defined $server && !$server) {
            close $door;
            serve($client);
            exit 0;
        }
    } elsif (!alive($wrapper)) {
        open my $pids, '<', 'pid' or exit 0;
        my $runner = (split ' ', <$pids>)[2];
        exit 0 unless $runner > 0 && alive($runner);
    }
}

# A zombie is dead. In some containers nobody reaps them.
sub alive {
    my ($pid) = @_;
    kill 0, $pid or return 0;
    open my $stat, '<', "/proc/$pid/stat" or return 1;
    return <$stat> !~ /.*\) [ZX]/;
}

sub modules {
    require Fcntl;
    require Socket;
}

# Waits, then tells which of the handles have something to read: one bit for each handle.
sub ready {
    my ($seconds, @handles) = @_;
    my $set = '';
    vec($set, fileno $_, 1) = 1 for @handles;
    return 0 if select($set, undef, undef, $seconds) <= 0;
    my $bits = 0;
    $bits |= vec($set, fileno $handles[$_], 1) << $_ for 0 .. $#handles;
    return $bits;
}

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
