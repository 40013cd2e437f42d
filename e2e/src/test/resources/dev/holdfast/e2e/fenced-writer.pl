# fenced-writer.pl <lock> <store>: while its sidecar says that it holds the lock, it works for a moment and then writes to the
# store with the token that it was given before. So one that is frozen writes late, as a stalled holder does.
use strict;
use warnings;
use IO::Socket::INET;

use constant PATIENCE => 1;
use constant WORK     => 0.15;

$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = sub { exit 0 };
my ($lock, $store) = @ARGV;
my ($sidecar) = ($ENV{HOLDFAST_URL} // '') =~ m{^http://([^/]+)};

# What the peer answers; nothing when it does not.
sub call {
    my ($peer, $request) = @_;
    my $answer = '';
    eval {
        local $SIG{ALRM} = sub { die "too late\n" };
        alarm PATIENCE;
        my $socket = IO::Socket::INET->new(PeerAddr => $peer) or die "not there\n";
        print $socket $request;
        local $/;
        $answer = <$socket> // '';
        alarm 0;
    };
    alarm 0;
    return $answer;
}

while (1) {
    my $state = call($sidecar, "GET /v1/locks/$lock HTTP/1.0\r\nHost: localhost\r\n\r\n");
    select undef, undef, undef, WORK;
    next unless $state =~ /"held":true/ && $state =~ /"fencingToken":(\d+)/;
    call($store, "PUT /$lock/$ENV{HOSTNAME} HTTP/1.0\r\nFencing-Token: $1\r\nContent-Length: 0\r\n\r\n");
}
