using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Granary.Scenarios.Cluster;
using Granary.Scenarios.Load;

namespace Granary.Scenarios.Cases;

/// <summary>Silos and gateways speak mutual TLS: everything goes on, a silo restarts, and whoever has no certificate gets no word out of one.</summary>
internal sealed class Tls : Scenario
{
    private const int GatewayPortOffset = 20;

    public override string Name => "tls";

    public override ClusterSettings Settings => new() { Tls = true };

    public override string? NotFor(string shape) => SilosOnly(shape);

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        await ScenarioContext.PauseAsync(context.Long ? 20 : 3, cancellation);
        var silo = (await context.Cluster.StatusAsync(cancellation)).First(i => i.Name == "silo-1");
        findings.Require(await RefusesAsync(silo.Port + GatewayPortOffset, tls: false, cancellation), "a silo does not hang up on a caller that speaks no TLS");
        findings.Require(await RefusesAsync(silo.Port + GatewayPortOffset, tls: true, cancellation), "a silo does not hang up on a caller without a certificate");
        await context.Cluster.RollAsync("silo", cancellation);
        await ScenarioContext.PauseAsync(2, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        findings.Require(traffic.Calls.Failed.Count == 0, $"{traffic.Calls.Failed.Count} of {traffic.Calls.Records.Count} calls failed, first: {traffic.Calls.FirstFailure}");
        return $"{traffic.Calls}; {verdict.Events} events; callers without a certificate are refused";
    }

    /// <summary>Whether a silo hangs up on a caller it does not know. One that only waits has not refused.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "Who the silo is does not matter here: it must hang up whatever its caller believes.")]
    private static async Task<bool> RefusesAsync(int port, bool tls, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, patience.Token);
        try
        {
            Stream stream = client.GetStream();
            if (tls)
            {
                var secured = new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
                await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "granary" }, patience.Token);
                stream = secured;
            }
            await stream.WriteAsync("Who is there?\n"u8.ToArray(), patience.Token);
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
}
