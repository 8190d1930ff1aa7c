using System.Security.Cryptography;
using Granary.Vault.Keys;

namespace Granary.Vault.Tests.Keys;

public sealed class KeyRingTests
{
    private const string Purpose = "acme/notes/keys/active.pem";
    private static readonly byte[] Secret = "-----BEGIN PRIVATE KEY-----"u8.ToArray();

    [Fact]
    public void What_is_wrapped_opens_and_shows_nothing_of_itself()
    {
        using var ring = KeyRing.Parse(NewKey());
        var wrapped = ring.Wrap(Secret, Purpose);
        wrapped.Length.ShouldBe(Secret.Length + KeyRing.Overhead);
        wrapped.AsSpan().IndexOf("PRIVATE"u8).ShouldBe(-1);
        ring.Wrap(Secret, Purpose).ShouldNotBe(wrapped);
        ring.Unwrap(wrapped, Purpose).ShouldBe(Secret);
    }

    [Fact]
    public void A_wrapped_key_that_is_moved_to_another_vault_does_not_open()
    {
        using var ring = KeyRing.Parse(NewKey());
        var wrapped = ring.Wrap(Secret, Purpose);
        var failure = Should.Throw<KeyRingException>(() => ring.Unwrap(wrapped, "other/notes/keys/active.pem"));
        failure.IsUnknownKey.ShouldBeFalse();
        failure.Message.ShouldContain("another vault");
    }

    [Fact]
    public void Every_changed_byte_is_noticed()
    {
        using var ring = KeyRing.Parse(NewKey());
        var wrapped = ring.Wrap(Secret, Purpose);
        for (var i = 0; i < wrapped.Length; i++)
        {
            var changed = wrapped.ToArray();
            changed[i] ^= 1;
            Should.Throw<KeyRingException>(() => ring.Unwrap(changed, Purpose), $"byte {i}");
        }
        Should.Throw<KeyRingException>(() => ring.Unwrap(wrapped.AsSpan(0, 20), Purpose)).IsUnknownKey.ShouldBeFalse();
    }

    [Fact]
    public void The_first_key_wraps_and_every_key_unwraps()
    {
        var (older, newer) = (NewKey(), NewKey());
        using var before = KeyRing.Parse(older);
        using var rotated = KeyRing.Parse($"# since March\n{newer}\n\n{older}\n");
        rotated.Count.ShouldBe(2);
        rotated.Unwrap(before.Wrap(Secret, Purpose), Purpose).ShouldBe(Secret);
        using var after = KeyRing.Parse(newer);
        after.Unwrap(rotated.Wrap(Secret, Purpose), Purpose).ShouldBe(Secret);
        var failure = Should.Throw<KeyRingException>(() => after.Unwrap(before.Wrap(Secret, Purpose), Purpose));
        failure.IsUnknownKey.ShouldBeTrue();
        failure.Message.ShouldContain("key-encryption key");
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n,\n")]
    [InlineData("c2VjcmV0")]
    [InlineData("secretsecretsecretsecretsecretsecretsecret!=")]
    public void What_is_no_key_is_refused_with_a_sentence_that_does_not_show_it(string text)
    {
        var message = Should.Throw<FormatException>(() => KeyRing.Parse(text)).Message;
        message.ShouldContain("openssl rand -base64 32");
        if (text.StartsWith('c') || text.StartsWith('s'))
            message.ShouldNotContain(text);
    }

    [Fact]
    public void The_second_bad_key_is_named_by_its_number() =>
        Should.Throw<FormatException>(() => KeyRing.Parse($"{NewKey()},nonsense")).Message.ShouldContain("key 2 ");

    [Fact]
    public async Task Several_threads_share_a_ring()
    {
        using var ring = KeyRing.Parse(NewKey());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
                ring.Unwrap(ring.Wrap(Secret, $"{n}"), $"{n}").ShouldBe(Secret);
        })));
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyLength));
}
