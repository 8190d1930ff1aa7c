using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Gateway.Access.Tokens;

/// <summary>A token that was found valid.</summary>
/// <param name="Scheme">The scheme that validated it.</param>
/// <param name="User">Whom it stands for.</param>
/// <param name="Until">When it is validated again; never after it ends.</param>
internal sealed record KnownToken(string Scheme, ClaimsPrincipal User, DateTimeOffset Until);

/// <summary>
/// Tokens that were validated within the last five minutes, by their SHA-256, so that a client's next call costs a hash instead of a signature. It
/// holds two generations of at most four thousand tokens: when the younger one is full it takes the place of the older one.
/// </summary>
internal sealed class TokenCache(TimeProvider time)
{
    /// <summary>How long a key that its issuer has withdrawn may still be honoured, beyond what <see cref="IssuerKeys"/> allows.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private const int PerGeneration = 4_096;

    private ConcurrentDictionary<Digest, KnownToken> _young = new();
    private ConcurrentDictionary<Digest, KnownToken> _old = new();

    public KnownToken? Find(string token)
    {
        var digest = Digest.Of(token);
        if (!_young.TryGetValue(digest, out var known))
        {
            if (!_old.TryGetValue(digest, out known))
                return null;
            Put(digest, known);
        }
        return known.Until > time.GetUtcNow() ? known : null;
    }

    public void Add(string token, KnownToken known) => Put(Digest.Of(token), known);

    private void Put(Digest digest, KnownToken known)
    {
        var young = _young;
        if (young.Count >= PerGeneration && Interlocked.CompareExchange(ref _young, new(), young) == young)
            _old = young;
        _young[digest] = known;
    }

    private readonly record struct Digest(Int128 First, Int128 Second)
    {
        public static Digest Of(string token)
        {
            Span<byte> bytes = stackalloc byte[1024];
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            // A token is ASCII; what is not fails its signature, whatever it hashes to.
            SHA256.HashData(Encoding.UTF8.TryGetBytes(token, bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(token), hash);
            return new Digest(BitConverter.ToInt128(hash), BitConverter.ToInt128(hash[16..]));
        }
    }
}
