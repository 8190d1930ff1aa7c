using Granary.Instana.Client;
using Granary.Instana.Connections;
using Granary.Instana.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Instana;

/// <summary>
/// Makes the activations of a process's Instana connections. They share its sockets and nothing else; dispose it after the last
/// of them.
/// </summary>
public sealed class InstanaActivationFactory : IDisposable
{
    private readonly TenantBackends _backends;
    private readonly InstanaTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Opens the transport.</summary>
    /// <param name="options">What all tenants share.</param>
    /// <param name="backends">What each may call.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where failures are told that nobody foresaw.</param>
    /// <exception cref="ArgumentException">The CA bundle cannot be used; the message is a sentence for the operator.</exception>
    public InstanaActivationFactory(InstanaOptions options, TenantBackends backends, TimeProvider time, ILoggerFactory? loggers = null)
    {
        if (!InstanaTransport.TryCreate(options, out var transport, out var problem))
            throw new ArgumentException(problem, nameof(options));
        _backends = backends;
        _transport = transport;
        _time = time;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<InstanaActivation>();
    }

    /// <summary>Makes one activation; no call is made. Fits <c>Func&lt;TenantId, InstanaConnection, IInstana&gt;</c>.</summary>
    /// <exception cref="TenantException">The connection is not allowed here: a silo checks again what a gateway let through.</exception>
    public IInstana Create(TenantId tenant, InstanaConnection connection)
    {
        if (connection.Credential is HeldCredential held)
            return new HeldInstana(tenant, held.Unit, _backends, (opened, own) => Activate(tenant, opened, own));
        var options = _backends.For(tenant);
        if (!InstanaConnection.TryCreate(connection.BaseUrl.OriginalString, connection.Credential, options, out var valid, out var problem))
            throw new TenantException(TenantFailure.InvalidInput, problem);
        return Activate(tenant, valid, options);
    }

    /// <inheritdoc />
    public void Dispose() => _transport.Dispose();

    private InstanaActivation Activate(TenantId tenant, InstanaConnection connection, InstanaOptions options) =>
        new(tenant, new InstanaClient(connection, options, _transport, _time), options, _time, _logger);
}
