use strict;
use warnings;
use IO::Socket::INET;

# Takes a PUT with a Fencing-Token; 409 if it is below the largest one seen.
$SIG{PIPE} = 'IGNORE';
my $largest = 0;
my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 32, ReuseAddr => 1) or die "cannot listen: $@";
while (1) {
    my $client = $server->accept or next;
    my ($token, $length) = (0, 0);
    while (defined(my $line = <$client>)) {
        $token = $1 if $line =~ /^Fencing-Token: (\d+)/i;
        $length = $1 if $line =~ /^Content-Length: (\d+)/i;
        last if $line =~ /^\r?\n$/;
    }
    read $client, my $body, $length if $length;
    my $taken = $token >= $largest;
    $largest = $token if $taken;
    print $client $taken ? "HTTP/1.0 204 No Content\r\n\r\n" : "HTTP/1.0 409 Conflict\r\n\r\n";
    close $client;
}
