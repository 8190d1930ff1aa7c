using Granary.Bench.Setup;
using Granary.Bench.Vaults;

namespace Granary.Bench.Tests.Vaults;

public class OpenSslSpeedTests
{
    [Fact]
    public void The_rates_are_the_last_two_columns() =>
        OpenSslSpeed.Parse("""
            version: 3.0.19
            options: bn(64,64)
                                          sign    verify    sign/s verify/s
             253 bits EdDSA (Ed25519)   0.0000s   0.0001s  26792.5   9433.3

            """).ShouldBe((26792.5, 9433.3));

    [Theory]
    [InlineData("")]
    [InlineData(" 253 bits EdDSA (Ed25519)")]
    [InlineData("speed: unknown algorithm Ed25519")]
    public void Without_them_nothing_is_compared(string output) =>
        Should.Throw<BenchException>(() => OpenSslSpeed.Parse(output));
}
