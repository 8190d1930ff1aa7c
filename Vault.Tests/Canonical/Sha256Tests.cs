using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Tests.Canonical;

/// <summary>The hasher that a thread keeps: one text leaves nothing behind for the next.</summary>
public sealed class Sha256Tests
{
    // FIPS 180-4, examples of NIST.
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Hashes_are_those_of_the_standard(string text, string expected) => Assert.Equal(expected, Sha256.Hex(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Hashes_on_several_threads_are_those_of_the_framework() =>
        Parallel.For(0, 2_000, length =>
        {
            var text = RandomNumberGenerator.GetBytes(length);
            var hash = new byte[Sha256.Size];
            Sha256.Hash(text, hash);
            Assert.Equal(SHA256.HashData(text), hash);
        });
}
