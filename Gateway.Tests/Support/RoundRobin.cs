using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Gateway.Tests.Support;

/// <summary>A load balancer that gives every request to the next gateway, whatever it belongs to.</summary>
internal sealed class RoundRobin : IAsyncDisposable
{
    private static readonly HashSet<string> OfTheHop = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Transfer-Encoding", "Host", "Keep-Alive" };

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly IReadOnlyList<Uri> _gateways;
    private readonly WebApplication _app;
    private int _next;

    private RoundRobin(IReadOnlyList<Uri> gateways)
    {
        _gateways = gateways;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(ForwardAsync);
    }

    public Uri Root { get; private set; } = null!;

    /// <summary>How many requests went through.</summary>
    public int Requests => _next;

    public static async Task<RoundRobin> StartAsync(params TestGateway[] gateways)
    {
        var balancer = new RoundRobin([.. gateways.Select(g => g.Root)]);
        await balancer._app.StartAsync();
        balancer.Root = new Uri(balancer._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return balancer;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        var gateway = _gateways[(Interlocked.Increment(ref _next) - 1) % _gateways.Count];
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(gateway, context.Request.Path + context.Request.QueryString));
        if (HttpMethods.IsPost(context.Request.Method))
            request.Content = new StreamContent(context.Request.Body);
        foreach (var (name, values) in context.Request.Headers.Where(h => !OfTheHop.Contains(h.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(h => !OfTheHop.Contains(h.Key)))
                context.Response.Headers[name] = values.ToArray();
            context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
            await context.Response.StartAsync(context.RequestAborted);
            await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await body.ReadAsync(buffer, context.RequestAborted)) > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            context.Abort();
        }
    }
}
