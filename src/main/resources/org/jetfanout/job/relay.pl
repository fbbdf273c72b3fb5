# The agent relay of a job. relay.py does the same on workers without perl. The runner uses the relay's
# socket as its agent as long as the job lives. The relay passes each request to the agent at which the
# link `agent` points. If that agent is gone, or is replaced before it has answered, the request waits for
# the next agent and is sent again. So an outage of the connection delays logins, but no login fails.
#
#   relay JOB PATIENCE WRAPPER SERVE FOLLOWER SENT
#
# When it listens it prints "PID ASKED TOLD", and closes its stdout. If it can read all of /proc, it adds "BEGAN PLACE
# MACHINE" of the wrapper, as here.sh finds them.
#
# PATIENCE: after so many seconds without an answer the relay gives up, makes the file `late`, and refuses
# the request. WRAPPER: a process id; the relay ends when the wrapper and the runner have ended. SERVE: the text of
# relay-serve.pl, which answers the requests. It is compiled when the first comes: many short jobs have none, and perl
# needs more time for that, for `use strict` and for a fork than for all that this file does.
#
# Perl is there anyway, and a program costs a worker more than what it does for a short job. So the relay does three
# things that programs would do. It tells FOLLOWER, the process that follows the job, when to look for its first output.
# It reads /proc, which shells do byte by byte. And when the runner has ended, the wrapper writes a line into its pipe
# ASKED. Then it removes SENT, the folder of what was sent, writes one line "cleared SUMS" into its pipe TOLD, and ends.
# The line begins with - if something is left. SUMS are what cksum prints for both logs; they are missing if a log is not
# short. ASKED and TOLD are numbers of the relay's files. If it ends without an answer, or if the relay is that of python,
# the wrapper does all this itself.
my ($job, $patience, $wrapper, $serve, $follower, $sent) = @ARGV;
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
pipe my $asked, my $ask or exit 1;
pipe my $told, my $tell or exit 1;
print join(' ', $$, fileno $ask, fileno $told, here()), "\n";
open STDIN, '<', '/dev/null';
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
my $first = 1;
for (;;) {
    my $bits = ready($first ? 0.1 : 3, $door, $asked);
    finish() if $bits & 2;
    # told again when it is quiet: the shell may have been about to wait
    if ($follower && ($first || !$bits)) {
        kill 'URG', $follower;
        $follower = 0 unless $first;
    }
    $first = 0;
    if ($bits) {
        accept(my $client, $door) or next;
        defined &serve or eval $serve;
        my $server = fork;
        if (defined $server && !$server) {
            close $_ for $door, $asked, $ask, $told, $tell;
            serve($client);
            exit 0;
        }
    } elsif (!alive($wrapper)) {
        open my $pids, '<', 'pid' or exit 0;
        my $runner = (split ' ', <$pids>)[2];
        exit 0 unless $runner > 0 && alive($runner);
    }
}

# The first line of a file, without its end.
sub line {
    open my $file, '<', $_[0] or return '';
    my $line = <$file> // '';
    chomp $line;
    return $line;
}

# The state of a process, and when it began.
sub stat_of {
    return line("/proc/$_[0]/stat") =~ /.*\) (\S)(?: \S+){18} (\d+)/ ? ($1, $2) : ();
}

# A zombie is dead. In some containers nobody reaps them.
sub alive {
    my ($pid) = @_;
    kill 0, $pid or return 0;
    my ($state) = stat_of($pid);
    return !$state || $state !~ /[ZX]/;
}

# When the wrapper began, the place and the machine; nothing if not all of it is there.
sub here {
    my $place = line('/proc/sys/kernel/random/boot_id') . '.' . (stat_of(1))[1];
    my $machine = line('/proc/sys/kernel/hostname') . '/' . line('/etc/machine-id');
    my @here = ((stat_of($wrapper))[1], $place, $machine);
    return "@here" =~ m{^\d+ [^\s.]+\.\d+ [^\s/]+/\S+$} ? @here : ();
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

# The runner has ended. A process that makes files for ever must not keep this one: then its own alarm ends it.
sub finish {
    $SIG{ALRM} = 'DEFAULT';
    alarm 2;
    my $cleared = cleared($sent) ? 'cleared' : '-';
    my @sums = map { sum($_) } 'output.log', 'events.log';
    @sums = () if @sums < 6;
    syswrite $tell, "$cleared @sums\n";
    exit 0;
}

# Removes a folder. False if something is left.
sub cleared {
    my ($folder) = @_;
    opendir my $entries, $folder or return 0;
    for my $name (readdir $entries) {
        next if $name eq '.' || $name eq '..';
        lstat "$folder/$name";
        -d _ ? cleared("$folder/$name") : unlink "$folder/$name";
    }
    return rmdir $folder;
}

# The words that cksum prints for a file of at most 1,000 bytes. For more the program is faster.
sub sum {
    my ($file) = @_;
    open my $log, '<:raw', $file or return;
    my $size = sysread $log, my $text, 1001;
    return unless defined $size && $size <= 1000;
    my $rest = $size;
    for (; $rest; $rest >>= 8) {
        $text .= chr($rest & 255);
    }
    my $sum = 0;
    for my $byte (unpack 'C*', $text) {
        $sum ^= $byte << 24;
        for (1 .. 8) {
            $sum = ($sum << 1 ^ ($sum & 0x80000000 ? 0x04c11db7 : 0)) & 0xffffffff;
        }
    }
    return ($sum ^ 0xffffffff, $size, $file);
}
