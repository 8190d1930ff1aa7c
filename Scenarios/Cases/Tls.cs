using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Granary.Scenarios.Cluster;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>
/// Silos and gateways speak mutual TLS: everything goes on while all of them change over to certificates of another authority, and a caller that has no
/// certificate that counts gets no word out of a silo.
/// </summary>
internal sealed class Tls : Scenario
{
    private const int GatewayPortOffset = 20;
    private const int SiloPortOffset = 10;

    /// <summary>No machine is so slow that a silo which means to hang up has not by then.</summary>
    private static readonly TimeSpan RefusedWithin = TimeSpan.FromMinutes(2);

    /// <summary>Shorter than a silo waits for the first word of a caller that it let in.</summary>
    private static readonly TimeSpan WelcomeFor = TimeSpan.FromSeconds(3);

    public override string Name => "tls";

    public override ProcessSettings Settings => new() { Tls = true };

    public override string? NotFor(string shape) => SilosOnly(shape);

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var cluster = context.Cluster;
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        await traffic.WaitForCallsAsync(context.Long ? 1000 : 100, cancellation);
        var port = (await cluster.StatusAsync(cancellation)).First(i => i.Name == "silo-1").Port + GatewayPortOffset;
        var (before, after) = (cluster.ReadCertificates(), Certificates.Create());
        using var old = before.Gateway.Open();
        findings.Require(
            await RefusesAsync(port, stream => GreetAsync(stream, cancellation), cancellation),
            "a silo does not hang up on a caller that speaks no TLS");
        findings.Require(
            await RefusesAsync(port, stream => SecureAsync(stream, null, cancellation), cancellation),
            "a silo does not hang up on a caller without a certificate");
        findings.Require(
            !await RefusesAsync(port, stream => SecureAsync(stream, old, cancellation), cancellation, WelcomeFor),
            "a silo hangs up on a caller with a gateway's certificate");
        findings.Require(
            await RefusesAsync(port - GatewayPortOffset + SiloPortOffset, stream => SecureAsync(stream, old, cancellation), cancellation),
            "a silo's port for silos does not hang up on a gateway's certificate");

        var both = before.Authority + after.Authority;
        foreach (var step in (Certificates[])[before with { Authority = both }, after with { Authority = both }, after])
        {
            cluster.WriteCertificates(step);
            await cluster.RollAsync("silo", cancellation);
            await cluster.RollAsync("gateway", cancellation);
        }
        await traffic.WaitForCallsAsync(100, cancellation);
        findings.Require(
            await RefusesAsync(port, stream => SecureAsync(stream, old, cancellation), cancellation),
            "a silo does not hang up on a caller with a certificate of the authority before");

        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireNone(traffic.Calls, findings);
        return $"{traffic.Calls}; {verdict.Events} events; every certificate and the authority replaced; callers without one, and gateways that would be silos, are refused";
    }

    /// <summary>Whether a silo hangs up on a caller. One that only waits has not refused.</summary>
    private static async Task<bool> RefusesAsync(
        int port, Func<Stream, Task<Stream>> secure, CancellationToken cancellation, TimeSpan? limit = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, patience.Token);
        try
        {
            var stream = await secure(client.GetStream());
            patience.CancelAfter(limit ?? RefusedWithin);
            return await stream.ReadAsync(new byte[1], patience.Token) == 0;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Speaks first, and no TLS.</summary>
    private static async Task<Stream> GreetAsync(Stream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync("Who is there?\n"u8.ToArray(), cancellation);
        return stream;
    }

    [SuppressMessage("Security", "CA5359", Justification = "Who the silo is does not matter here: it must hang up whatever its caller believes.")]
    private static async Task<Stream> SecureAsync(Stream stream, X509Certificate2? certificate, CancellationToken cancellation)
    {
        var secured = new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await secured.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "granary", ClientCertificates = certificate is null ? [] : [certificate] }, cancellation);
        return secured;
    }
}
