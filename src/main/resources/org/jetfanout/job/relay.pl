# The agent relay of a job. relay.py does the same on workers without perl. The runner uses the relay's
# socket as its agent as long as the job lives. The relay passes each request to the agent at which the
# link `agent` points. If that agent is gone, or is replaced before it has answered, the request waits for
# the next agent and is sent again. So an outage of the connection delays logins, but no login fails.
#
#   relay JOB PATIENCE WRAPPER SERVE    prints its process id when it listens, and closes its stdout
#
# PATIENCE: after so many seconds without an answer the relay gives up, makes the file `late`, and refuses
# the request. WRAPPER: a process id; the relay ends when the wrapper and the runner have ended. SERVE: the text of
# relay-serve.pl, which answers the requests. It is compiled when the first comes: many short jobs have none, and perl
# needs more time for that, for `use strict` and for a fork than for all that this file does.
my ($job, $patience, $wrapper, $serve) = @ARGV;
chdir $job or exit 1;
# The modules that it needs take even longer. So the relay only checks that they are there. Until then it uses numbers
# that are right on most Linux machines; if they are wrong, the modules are loaded for the right ones.
for my $module ('Fcntl.pm', 'Socket.pm') {
    exit 1 unless grep { -r "$_/$module" } @INC;
}
my $door;
unless ($^O eq 'linux' && socket($door, 1, 1, 0) && bind($door, pack 'S a*', 1, "relay\0") && listen $door, 128) {
    unlink 'relay';
    require Socket;
    socket $door, Socket::AF_UNIX(), Socket::SOCK_STREAM(), 0 or exit 1;
    bind $door, Socket::sockaddr_un('relay') or exit 1;
    listen $door, 128 or exit 1;
}
# the link is there already if a newer connection was faster
symlink $ENV{SSH_AUTH_SOCK}, 'agent';
print $$;
open STDIN, '<', '/dev/null';
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
for (;;) {
    if (ready(3, $door)) {
        accept(my $client, $door) or next;
        defined &serve or eval $serve;
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
