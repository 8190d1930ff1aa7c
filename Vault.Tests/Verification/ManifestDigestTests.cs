using System.Security.Cryptography;
using Granary.Vault.Verification.Backpack;

namespace Granary.Vault.Tests.Verification;

/// <summary>The digest of a log's file, which is hashed in blocks while its lines go by.</summary>
public sealed class ManifestDigestTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(450)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(100_000)]
    public void The_digest_is_that_of_the_file_at_its_end_and_at_the_manifests_size(int lineLength)
    {
        const int covered = 73, lines = 151;
        var file = new byte[lines * (lineLength + 1)];
        Array.Fill(file, (byte)'x');
        for (var end = lineLength; end < file.Length; end += lineLength + 1)
            file[end] = (byte)'\n';
        var manifestSize = covered * (lineLength + 1);
        using var digest = new ManifestDigest(manifestSize);

        for (var i = 0; i < lines; i++)
            digest.Take(file.AsSpan(i * (lineLength + 1), lineLength));

        Assert.Equal((covered, Hash(file.AsSpan(0, manifestSize))), digest.AtManifest);
        Assert.Equal(file.Length, digest.Digest().Size);
        Assert.Equal(Hash(file), digest.Digest().Sha256);
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
