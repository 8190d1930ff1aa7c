using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Testing;

/// <summary>A timestamp authority on loopback whose answers are those of <c>openssl ts</c>, signed below a root of its own.</summary>
public sealed class OpenSslAuthority : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-tsa-").FullName;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly WebApplication _app;
    private int _asked;

    private OpenSslAuthority(DateTimeOffset notAfter)
    {
        WriteCertificates(notAfter);
        File.WriteAllText(At("tsa.cnf"), """
            [tsa]
            default_tsa = granary
            [granary]
            serial = serial
            signer_cert = signer.pem
            signer_key = signer.key
            signer_digest = sha256
            default_policy = 1.2.3.4.1
            digests = sha256
            ess_cert_id_alg = sha256
            ess_cert_id_chain = no
            accuracy = secs:1
            ordering = yes
            """);
        File.WriteAllText(At("serial"), "01\n");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/tsr", AnswerAsync);
    }

    /// <summary>Whether this machine has the program.</summary>
    public static bool IsHere { get; } = Path.Exists("/usr/bin/openssl");

    public Uri Address => new(new Uri(_app.Urls.First()), "/tsr");

    /// <summary>The root's certificate, in PEM.</summary>
    public string RootFile => At("root.pem");

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>What it answers with instead, as long as there is something.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    public static async Task<OpenSslAuthority> StartAsync(DateTimeOffset? notAfter = null)
    {
        var authority = new OpenSslAuthority(notAfter ?? DateTimeOffset.UtcNow.AddYears(1));
        await authority._app.StartAsync();
        return authority;
    }

    /// <summary>What <c>openssl ts -verify</c> says of a token over a digest.</summary>
    public async Task<string> VerifyAsync(string digest, byte[] token)
    {
        await File.WriteAllBytesAsync(At("token.der"), token);
        return await OpenSslAsync("ts", "-verify", "-digest", digest, "-token_in", "-in", "token.der", "-CAfile", "root.pem");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _turn.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _asked);
        if (Instead is { } other)
        {
            await other(context);
            return;
        }
        await _turn.WaitAsync();
        try
        {
            await using (var query = File.Create(At("query.der")))
                await context.Request.Body.CopyToAsync(query);
            await OpenSslAsync("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.der", "-out", "reply.der");
            context.Response.ContentType = "application/timestamp-reply";
            await context.Response.Body.WriteAsync(await File.ReadAllBytesAsync(At("reply.der")));
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string> OpenSslAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/openssl", arguments)
        {
            WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return await output + await error;
    }

    private void WriteCertificates(DateTimeOffset notAfter)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Root of a test", rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var from = DateTimeOffset.UtcNow.AddYears(-2);
        using var root = request.CreateSelfSigned(from, DateTimeOffset.UtcNow.AddYears(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = new CertificateRequest("CN=Authority of a test", key, HashAlgorithmName.SHA256);
        signer.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        signer.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        signer.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.8")], true));
        using var certificate = signer.Create(root, from, notAfter, [7]);
        File.WriteAllText(At("root.pem"), root.ExportCertificatePem());
        File.WriteAllText(At("signer.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(At("signer.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private string At(string name) => Path.Combine(_folder, name);
}
