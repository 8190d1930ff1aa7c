using System.Security.Cryptography;
using Granary.Vault.Keys;

namespace Granary.Vault.Tests.Keys;

public sealed class AgreementKeyTests
{
    // RFC 7748, section 6.1.
    private const string Alice = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
    private const string AlicePublic = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
    private const string Bob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
    private const string BobPublic = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";

    [Fact]
    public void Public_keys_and_the_agreed_secret_are_those_of_RFC_7748()
    {
        using var alice = AgreementKey.FromRaw(Convert.FromHexString(Alice));
        using var bob = AgreementKey.FromRaw(Convert.FromHexString(Bob));
        Convert.ToHexStringLower(alice.PublicKey.Span).ShouldBe(AlicePublic);
        Convert.ToHexStringLower(bob.PublicKey.Span).ShouldBe(BobPublic);
        var secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
        Convert.ToHexStringLower(alice.Agree(bob.PublicKey.Span)).ShouldBe(secret);
        Convert.ToHexStringLower(bob.Agree(alice.PublicKey.Span)).ShouldBe(secret);
        Convert.ToHexStringLower(alice.ExportRaw()).ShouldBe(Alice);
    }

    [Fact]
    public void A_peer_s_key_that_makes_everybody_agree_is_refused()
    {
        using var key = AgreementKey.Generate();
        Should.Throw<CryptographicException>(() => key.Agree(new byte[32]));
        Should.Throw<CryptographicException>(() => key.Agree(new byte[31]));
        Should.Throw<ArgumentException>(() => AgreementKey.FromRaw(new byte[33]));
    }
}
