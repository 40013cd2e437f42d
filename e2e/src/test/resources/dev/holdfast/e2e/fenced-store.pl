# Takes PUT /<resource>/<writer> with a Fencing-Token; 409 if it is below the largest one that this resource has seen.
# Prints "<resource> taken|refused <token> <writer>", once for as long as the same is done to a resource.
use strict;
use warnings;
use IO::Socket::INET;

use constant PATIENCE => 1;

$| = 1;
$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = sub { exit 0 };
my (%largest, %said);
my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 128, ReuseAddr => 1) or die "cannot listen: $@";
while (1) {
    my $client = $server->accept or next;
    my ($resource, $writer, $token, $whole) = ('', '', 0, 0);
    # A writer that is frozen in the middle must not hold up the others.
    eval {
        local $SIG{ALRM} = sub { die "too late\n" };
        alarm PATIENCE;
        my $length = 0;
        while (defined(my $line = <$client>)) {
            ($resource, $writer) = ($1, $2 // '') if $line =~ m{^PUT /([^/ ]+)(?:/(\S+))? HTTP};
            $token = $1 if $line =~ /^Fencing-Token: (\d+)/i;
            $length = $1 if $line =~ /^Content-Length: (\d+)/i;
            $whole = 1, last if $line =~ /^\r?\n$/;
        }
        read $client, my $body, $length if $length;
        alarm 0;
    };
    alarm 0;
    if ($whole && $resource ne '') {
        my $taken = $token >= ($largest{$resource} // 0);
        $largest{$resource} = $token if $taken;
        my $done = sprintf '%s %s %s %s', $resource, $taken ? 'taken' : 'refused', $token, $writer;
        print "$done\n" if $done ne ($said{$resource} // '');
        $said{$resource} = $done;
        print $client $taken ? "HTTP/1.0 204 No Content\r\n\r\n" : "HTTP/1.0 409 Conflict\r\n\r\n";
    }
    close $client;
}
