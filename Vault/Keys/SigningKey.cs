using System.Security.Cryptography;
using NSec.Cryptography;

namespace Granary.Vault.Keys;

/// <summary>An Ed25519 private key (RFC 8032, pure). Signing is deterministic and safe from several threads at once.</summary>
/// <remarks>
/// A key that signs is in memory that libsodium guards: four mappings of a process' 65 530 (Linux, <c>vm.max_map_count</c>), and 8 KB of memory. There may be
/// tens of thousands of open vaults, so <see cref="GuardedKeys"/> bounds how many keys are in such memory; of the others only the seed is kept, and they
/// are made ready again when they sign.
/// </remarks>
public sealed class SigningKey : IDisposable
{
    /// <summary>Bytes of the seed a key is made from.</summary>
    public const int SeedLength = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureLength = 64;

    // Pinned: the collector would leave copies behind where it moved it.
    private readonly byte[] _seed = GC.AllocateUninitializedArray<byte>(SeedLength, pinned: true);
    private readonly Lock _turn = new();
    private Key? _guarded;
    private bool _signedLately;
    private bool _disposed;

    private SigningKey(ReadOnlySpan<byte> seed)
    {
        seed.CopyTo(_seed);
        // Another thread may want its memory as soon as it is ready.
        lock (_turn)
            PublicKey = PublicKey.Of(Guarded());
    }

    /// <summary>The public half.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>The key of a 32-byte seed.</summary>
    public static SigningKey FromSeed(ReadOnlySpan<byte> seed) => seed.Length == SeedLength
        ? new SigningKey(seed)
        : throw new ArgumentException($"An Ed25519 seed has {SeedLength} bytes; this one has {seed.Length}.", nameof(seed));

    /// <summary>A fresh key from the system's randomness.</summary>
    public static SigningKey Generate()
    {
        Span<byte> seed = stackalloc byte[SeedLength];
        RandomNumberGenerator.Fill(seed);
        try
        {
            return new SigningKey(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Signs <paramref name="message"/> into <paramref name="signature"/>, which holds exactly 64 bytes.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(signature.Length, SignatureLength);
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            SignatureAlgorithm.Ed25519.Sign(Guarded(), message, signature);
            _signedLately = true;
        }
    }

    /// <summary>The seed; for the caller that stores the key. Clear it after use.</summary>
    public byte[] ExportSeed()
    {
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return [.. _seed];
        }
    }

    /// <summary>The signature as documents spell it: Base64.</summary>
    public string SignToBase64(ReadOnlySpan<byte> message)
    {
        Span<byte> signature = stackalloc byte[SignatureLength];
        Sign(message, signature);
        return Convert.ToBase64String(signature);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_turn)
        {
            _disposed = true;
            PutAway();
            CryptographicOperations.ZeroMemory(_seed);
        }
    }

    /// <summary>Gives up its guarded memory, unless it is signing or has signed since it was last asked.</summary>
    internal bool TryPutAway()
    {
        if (!_turn.TryEnter())
            return false;
        try
        {
            if (_signedLately && !_disposed)
            {
                _signedLately = false;
                return false;
            }
            PutAway();
            return true;
        }
        finally
        {
            _turn.Exit();
        }
    }

    private Key Guarded()
    {
        if (_guarded is null)
        {
            _guarded = Key.Import(SignatureAlgorithm.Ed25519, _seed, KeyBlobFormat.RawPrivateKey);
            GuardedKeys.Add(this);
        }
        return _guarded;
    }

    private void PutAway()
    {
        _guarded?.Dispose();
        _guarded = null;
    }
}
