using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;

namespace Granary.Gateway.Access;

/// <summary>
/// The scheme of client certificates. ASP.NET Core's handler checks chain, use and times, and this remembers for a minute that it did; whose a
/// certificate is, the key file says for each request, so that a key that is taken out of it ends at once.
/// </summary>
internal sealed class CertificateKeys(ApiKeys keys, TimeProvider time) : ICertificateValidationCache
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    // A connection has one certificate object, and what is known of it goes with the connection.
    private readonly ConditionalWeakTable<X509Certificate2, Presented> _presented = [];

    /// <summary>The key of a certificate, whether it is valid or not; null where no key names it, or several do.</summary>
    public KnownKey? Find(X509Certificate2 certificate)
    {
        KnownKey? found = null;
        foreach (var name in Of(certificate).Names)
        {
            if (keys.FindCertificate(name) is not { } key || ReferenceEquals(key, found))
                continue;
            if (found is not null)
                return null;
            found = key;
        }
        return found;
    }

    /// <summary>Sets up ASP.NET Core's handler.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="authorities">Who may issue certificates; none for self-signed ones only.</param>
    public void Configure(CertificateAuthenticationOptions options, X509Certificate2Collection authorities)
    {
        options.AllowedCertificateTypes = authorities.Count == 0 ? CertificateTypes.SelfSigned : CertificateTypes.All;
        options.ChainTrustValidationMode = X509ChainTrustMode.CustomRootTrust;
        options.CustomTrustStore = authorities;
        // A key is revoked in the key file, in seconds and without asking anybody else.
        options.RevocationMode = X509RevocationMode.NoCheck;
        options.Events = new CertificateAuthenticationEvents
        {
            OnCertificateValidated = context =>
            {
                var identified = Identify(context.ClientCertificate);
                if (identified.Principal is { } user)
                {
                    context.Principal = user;
                    context.Success();
                }
                else
                {
                    context.Fail(identified.Failure!);
                }
                return Task.CompletedTask;
            },
            OnAuthenticationFailed = context =>
            {
                if (context.Exception is not AccessRefusedException)
                    context.Fail(new AccessRefusedException("invalid certificate", "The client certificate is not valid: it is not from an authority that this gateway trusts, not for clients, or not of today."));
                return Task.CompletedTask;
            },
        };
    }

    /// <inheritdoc />
    public AuthenticateResult? Get(HttpContext context, X509Certificate2 certificate) =>
        Of(certificate).ValidUntil > time.GetUtcNow() ? Identify(certificate) : null;

    /// <inheritdoc />
    public void Put(HttpContext context, X509Certificate2 certificate, AuthenticateResult result)
    {
        if (!result.Succeeded)
            return;
        var (soon, ends) = (time.GetUtcNow() + Remembered, new DateTimeOffset(certificate.NotAfter));
        Of(certificate).ValidUntil = ends < soon ? ends : soon;
    }

    private AuthenticateResult Identify(X509Certificate2 certificate)
    {
        if (Find(certificate) is not { } key)
            return AuthenticateResult.Fail(new AccessRefusedException("unknown certificate", "The client certificate is no key of this gateway."));
        var now = time.GetUtcNow();
        var id = key.Principal.Name;
        if (key.HasExpired(now))
            return AuthenticateResult.Fail(new AccessRefusedException("expired key", "The key of this client certificate has expired.") { Key = id });
        keys.Uses.Note(id, now);
        return key.Admitted;
    }

    private Presented Of(X509Certificate2 certificate) => _presented.GetValue(certificate, static one => new Presented(CertificateName.AllOf(one)));

    private sealed class Presented(IReadOnlyList<string> names)
    {
        private long _validUntil;

        public IReadOnlyList<string> Names => names;

        /// <summary>Until when it need not be checked again.</summary>
        public DateTimeOffset ValidUntil
        {
            get => new(Volatile.Read(ref _validUntil), TimeSpan.Zero);
            set => Volatile.Write(ref _validUntil, value.UtcTicks);
        }
    }
}
