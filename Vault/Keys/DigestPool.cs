using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Granary.Vault.Keys;

/// <summary>Contexts prepared for one key. Preparing costs a fifth of a signature, so they are used again.</summary>
internal sealed class DigestPool : IDisposable
{
    private readonly ConcurrentBag<DigestHandle> _spare = [];
    private DigestHandle? _first;
    private volatile bool _disposed;

    public DigestHandle Rent()
    {
        var context = Interlocked.Exchange(ref _first, null);
        if (context is not null || _spare.TryTake(out context))
            return context;
        context = LibCrypto.EVP_MD_CTX_new();
        return context.IsInvalid ? throw new CryptographicException("OpenSSL has no memory for a signature.") : context;
    }

    public void Return(DigestHandle context)
    {
        if (_disposed)
            context.Dispose();
        else if (Interlocked.CompareExchange(ref _first, context, null) is not null)
            _spare.Add(context);
    }

    public void Dispose()
    {
        _disposed = true;
        Interlocked.Exchange(ref _first, null)?.Dispose();
        while (_spare.TryTake(out var context))
            context.Dispose();
    }
}
