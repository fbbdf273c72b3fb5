# The agent relay of a job; relay.py is the same for workers without perl. Its socket takes the
# place of the agent's for as long as the job lives. A request goes on to the agent that the link
# `agent` leads to; where that is gone, or replaced before it answered, the request waits for the
# next one and is put again. So an outage of the connection delays logins and fails none.
#
#   relay JOB PATIENCE WRAPPER    prints its pid once it listens
#
# PATIENCE: seconds without any answer after which it gives up, says so in the file `late`, and
# refuses. WRAPPER: process id; the relay ends with wrapper and runner.
use strict;

my ($job, $patience, $wrapper) = @ARGV;
my $tick = 0.2;
chdir $job or exit 1;
# Loading the modules costs five times as much as all else, so they must be there, but are loaded when
# somebody asks for a key. The numbers are those of most Linux machines; the modules know the others.
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

# One that nobody reaps, as in containers whose first process does not, is dead.
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

# Waits; which of the handles have something to read, by bits.
sub ready {
    my ($seconds, @handles) = @_;
    my $set = '';
    vec($set, fileno $_, 1) = 1 for @handles;
    return 0 if select($set, undef, undef, $seconds) <= 0;
    my $bits = 0;
    $bits |= vec($set, fileno $handles[$_], 1) << $_ for 0 .. $#handles;
    return $bits;
}

# Whether what was read is a whole message.
sub whole {
    return length $_[0] >= 4 && length $_[0] >= 4 + unpack 'N', $_[0];
}

# One client: each request is answered before the next is read, as agents do.
sub serve {
    my ($client) = @_;
    my ($request, $agent, $link) = ('', undef, '');
    for (;;) {
        until (whole($request)) {
            sysread $client, $request, 65536, length $request or return;
            return if length $request > 300000;
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
                # it has gone, or asks on before it was answered
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
    # an agent that hangs must not hold us
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
