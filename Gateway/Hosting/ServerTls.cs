using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Granary.Gateway.Configuration;
using Granary.Vault.OutsideFiles;

namespace Granary.Gateway.Hosting;

/// <summary>How the TLS port speaks: with the certificate that its file has now. A renewed one is in force within seconds, for connections from then on.</summary>
internal sealed partial class ServerTls : IDisposable
{
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly TlsSettings _settings;
    private readonly WatchedFile _file;
    private readonly ILogger<ServerTls> _log;
    private volatile SslServerAuthenticationOptions _options = new();

    /// <exception cref="InvalidDataException">The certificate or its key cannot be used.</exception>
    public ServerTls(TlsSettings settings, TimeProvider time, ILogger<ServerTls> log)
    {
        (_settings, _log) = (settings, log);
        _file = new WatchedFile(settings.CertificateFile, "TLS certificate", MaxBytes, Use);
        _file.Start(time, Report);
    }

    /// <summary>For the next connection.</summary>
    public SslServerAuthenticationOptions Options => _options;

    /// <summary>The authorities that issue clients' certificates; none where only self-signed ones are accepted.</summary>
    /// <exception cref="InvalidDataException">Their file cannot be used.</exception>
    public static X509Certificate2Collection ReadAuthorities(TlsSettings settings)
    {
        var authorities = new X509Certificate2Collection();
        if (settings.ClientAuthorities is not { } path)
            return authorities;
        try
        {
            authorities.ImportFromPem(Encoding.UTF8.GetString(WatchedFile.Read(path, "file of GRANARY_CLIENT_CA", MaxBytes)));
        }
        catch (CryptographicException e)
        {
            throw new InvalidDataException($"The file of GRANARY_CLIENT_CA '{path}' cannot be used: {e.Message}", e);
        }
        return authorities.Count > 0 ? authorities : throw new InvalidDataException($"The file of GRANARY_CLIENT_CA '{path}' has no certificate in PEM.");
    }

    public void Dispose() => _file.Dispose();

    [SuppressMessage("Security", "CA5359", Justification = "Whose a certificate is, and whether it is valid, the authentication scheme decides for each request.")]
    private void Use(byte[] bytes)
    {
        try
        {
            var text = Encoding.UTF8.GetString(bytes);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(text);
            var own = X509Certificate2.CreateFromPem(text, RegularFile.ReadText(_settings.KeyFile, MaxBytes));
            _options = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(own, chain, offline: true),
                ClientCertificateRequired = _settings.AsksForCertificates,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = _settings.AsksForCertificates ? (_, _, _, _) => true : null,
            };
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"The files of GRANARY_TLS_CERT and GRANARY_TLS_KEY cannot be used: {e.Message}", e);
        }
    }

    private void Report(FileLook look)
    {
        if (look.IsChanged)
            LogRenewed();
        if (look.Problem is { } problem)
            LogKept(problem);
    }

    [LoggerMessage(1, LogLevel.Information, "The TLS certificate was renewed")]
    private partial void LogRenewed();

    [LoggerMessage(2, LogLevel.Error, "The TLS certificate stays as it was: {Reason}")]
    private partial void LogKept(string reason);
}
