using Granary.Testing;
using Granary.Vault.Keys;

namespace Granary.Vault.Tests.Keys;

/// <summary>
/// A silo has a key for each active vault, and Linux gives a process 65 530 mappings (<c>vm.max_map_count</c>); the runtime ends a process that gets no more.
/// </summary>
public sealed class ManyKeysTests
{
    private const string Mappings = "/proc/self/maps";

    [LinuxFact]
    public void Twenty_thousand_open_keys_sign_within_the_mappings_of_one_process()
    {
        var before = File.ReadLines(Mappings).Count();
        var keys = Enumerable.Range(0, 20_000).Select(i => SigningKey.FromSeed(Seed(i))).ToArray();
        try
        {
            foreach (var key in keys)
                key.PublicKey.VerifyBase64("message"u8, key.SignToBase64("message"u8)).ShouldBeTrue();
            (File.ReadLines(Mappings).Count() - before).ShouldBeLessThan(20_000);
        }
        finally
        {
            foreach (var key in keys)
                key.Dispose();
        }
    }

    [Fact]
    public void A_key_that_made_room_for_others_is_the_same_key()
    {
        using var key = SigningKey.FromSeed(Seed(1));
        var (id, signature) = (key.PublicKey.KeyId, key.SignToBase64("message"u8));
        for (var i = 0; i < 3 * GuardedKeys.Most; i++)
            SigningKey.FromSeed(Seed(i)).Dispose();
        key.SignToBase64("message"u8).ShouldBe(signature);
        key.PublicKey.KeyId.ShouldBe(id);
        key.ExportSeed().ShouldBe(Seed(1));
    }

    [Fact]
    public void Keys_that_make_room_for_each_other_sign_from_many_threads()
    {
        var keys = Enumerable.Range(0, GuardedKeys.Most + 200).Select(i => SigningKey.FromSeed(Seed(i))).ToArray();
        Parallel.For(0, 20_000, i =>
        {
            var key = keys[i * 7919 % keys.Length];
            key.PublicKey.VerifyBase64(BitConverter.GetBytes(i), key.SignToBase64(BitConverter.GetBytes(i))).ShouldBeTrue();
        });
        foreach (var key in keys)
            key.Dispose();
    }

    [Fact]
    public void A_key_that_was_disposed_of_signs_nothing()
    {
        var key = SigningKey.FromSeed(Seed(2));
        key.Dispose();
        Should.Throw<ObjectDisposedException>(() => key.SignToBase64("message"u8));
        Should.Throw<ObjectDisposedException>(key.ExportSeed);
        key.Dispose();
    }

    private static byte[] Seed(int number) => [.. BitConverter.GetBytes(number), .. new byte[SigningKey.SeedLength - sizeof(int)]];
}
