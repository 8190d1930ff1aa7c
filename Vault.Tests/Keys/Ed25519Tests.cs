using System.Text;
using Granary.Vault.Keys;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Keys;

public sealed class Ed25519Tests
{
    /// <summary>RFC 8032, section 7.1: seed, public key, message, signature.</summary>
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Rfc_8032_vectors_sign_and_verify(string seed, string publicKey, string message, string signature)
    {
        using var key = SigningKey.FromSeed(Convert.FromHexString(seed));
        Convert.ToHexStringLower(key.PublicKey.Raw).ShouldBe(publicKey);
        var text = Convert.FromHexString(message);
        Span<byte> made = stackalloc byte[64];
        for (var repeat = 0; repeat < 3; repeat++)
        {
            key.Sign(text, made);
            Convert.ToHexStringLower(made).ShouldBe(signature);
            key.PublicKey.Verify(text, made).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_flipped_bit_is_not_a_signature_and_the_next_check_is_not_disturbed()
    {
        using var key = SigningKey.Generate();
        var message = "message"u8.ToArray();
        var signature = new byte[64];
        key.Sign(message, signature);
        for (var bit = 0; bit < 512; bit += 37)
        {
            var forged = (byte[])signature.Clone();
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            key.PublicKey.Verify(message, forged).ShouldBeFalse();
            key.PublicKey.Verify(message, signature).ShouldBeTrue();
        }
        key.PublicKey.Verify("massage"u8, signature).ShouldBeFalse();
        key.PublicKey.Verify(message, signature.AsSpan(1)).ShouldBeFalse();
    }

    [Fact]
    public void Keys_work_from_many_threads()
    {
        using var key = SigningKey.Generate();
        Parallel.For(0, 200, i =>
        {
            var message = BitConverter.GetBytes(i);
            Span<byte> signature = stackalloc byte[64];
            key.Sign(message, signature);
            key.PublicKey.Verify(message, signature).ShouldBeTrue();
        });
    }

    [Fact]
    public void Pem_files_are_the_formats_own_bytes()
    {
        using var key = Fixture.Key("psmc_rotated");
        KeyPem.WritePublic(key.PublicKey).ShouldBe(Fixture.Read("sample-psmc-vault/keys/active.pub.pem"));
        var pem = KeyPem.WritePrivate(key);
        pem.Length.ShouldBe(119);
        using var again = KeyPem.ReadPrivate(pem);
        again.PublicKey.KeyId.ShouldBe("bp1_a18112b0b7b4225f");
        KeyPem.ReadPublic(KeyPem.WritePublic(key.PublicKey)).KeyId.ShouldBe("bp1_a18112b0b7b4225f");
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n")]
    public void A_file_that_holds_no_key_is_refused(string pem) =>
        Should.Throw<FormatException>(() => KeyPem.ReadPrivate(Encoding.ASCII.GetBytes(pem)));
}
