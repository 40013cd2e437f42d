# Calls each of its targets, <host>:<port>, all the time, each call on a connection of its own, and prints one line per call:
#   <target> <began> <ended> <HTTP status> <body>        or        <target> <began> <ended> - <what went wrong>
# Times are milliseconds of one clock that never goes back, in steps of ten.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use POSIX ();

use constant PATIENCE => 1_000;
use constant PAUSE    => 0.02;

$SIG{TERM} = sub { exit 0 };
$SIG{PIPE} = 'IGNORE';
my ($target, @others) = @ARGV;
for my $other (@others) {
    my $child = fork // die "cannot fork: $!";
    next if $child;
    $target = $other;
    last;
}
my ($host, $port) = split /:/, $target;
my $tick = 1_000 / POSIX::sysconf(POSIX::_SC_CLK_TCK());

sub now { return int((POSIX::times())[0] * $tick) }

# By its address from now on: what is measured is the Service, not the cluster's DNS.
my $address;
until (defined $address) {
    my $packed = gethostbyname $host;
    $address = inet_ntoa($packed) if defined $packed;
    select undef, undef, undef, PAUSE;
}

sub call {
    my $until = now() + PATIENCE;
    my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => PATIENCE / 1_000)
        or return "- no connection: $!";
    print $socket "GET / HTTP/1.0\r\nHost: $host\r\n\r\n";
    my ($answer, $ready) = ('', IO::Select->new($socket));
    while (1) {
        my $left = $until - now();
        return '- no answer in time' if $left <= 0 || !$ready->can_read($left / 1_000);
        my $read = sysread $socket, $answer, 4_096, length $answer;
        return "- connection lost: $!" unless defined $read;
        last if $read == 0;
    }
    return '- an answer cut short' unless $answer =~ m{^HTTP/1\.\d (\d+) .*?\r\n\r\n(.+)\n$}s;
    return "$1 $2";
}

while (1) {
    my $began = now();
    my $result = call();
    # In one piece: several processes write.
    syswrite STDOUT, sprintf "%s %d %d %s\n", $target, $began, now(), $result;
    select undef, undef, undef, PAUSE;
}
