namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class AttentionTests
{
    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Contexts_and_gradients_are_those_of_doubles(int width)
    {
        Kernels kernels = Kernels.Supported()[width];
        foreach ((int queries, int keys, int heads, int size) in ((int, int, int, int)[])[(1, 1, 1, 4), (3, 7, 2, 12), (13, 13, 3, 5), (20, 33, 2, 32), (40, 40, 1, 64)])
        {
            int d = heads * size, stride = kernels.Padded(d);
            AttentionShape shape = new(queries, keys, heads, size, stride, stride);
            using Matrix q = Matrix.Random(queries, d, stride, 1), k = Matrix.Random(keys, d, stride, 2), v = Matrix.Random(keys, d, stride, 3);
            using Matrix context = new(queries, d, stride, (_, _) => 0), dContext = Matrix.Random(queries, d, stride, 4);
            using Matrix dq = new(queries, d, stride, (_, _) => 0), dk = new(keys, d, stride, (_, _) => 0), dv = new(keys, d, stride, (_, _) => 0);
            using Workspace workspace = new();
            AttentionScratch scratch = new(kernels, workspace, Math.Max(queries, keys), size, backward: true);

            Attention.Forward(kernels, scratch, shape, q.Pointer, k.Pointer, v.Pointer, context.Pointer);
            Attention.Backward(kernels, scratch, shape, q.Pointer, k.Pointer, v.Pointer, dContext.Pointer, dq.Pointer, dk.Pointer, dv.Pointer);

            Reference expected = new(shape, q, k, v, dContext);
            context.Difference((i, j) => expected.Context[i, j]).Should().BeLessThan(2e-6);
            dq.Difference((i, j) => expected.Query[i, j]).Should().BeLessThan(1e-5);
            dk.Difference((i, j) => expected.Key[i, j]).Should().BeLessThan(1e-5);
            dv.Difference((i, j) => expected.Value[i, j]).Should().BeLessThan(1e-5);
        }
    }

    /// <summary>The definition, in doubles.</summary>
    private sealed class Reference
    {
        public readonly double[,] Context, Query, Key, Value;

        public Reference(AttentionShape shape, Matrix q, Matrix k, Matrix v, Matrix dContext)
        {
            (Context, Query, Key, Value) = (new double[q.Rows, q.Columns], new double[q.Rows, q.Columns], new double[k.Rows, k.Columns], new double[k.Rows, k.Columns]);
            for (int at = 0; at < q.Columns; at += shape.HeadSize)
                for (int i = 0; i < shape.Queries; i++)
                    Row(shape, q, k, v, dContext, at, i);
        }

        private void Row(AttentionShape shape, Matrix q, Matrix k, Matrix v, Matrix dContext, int at, int i)
        {
            double scale = 1 / Math.Sqrt(shape.HeadSize);
            int[] columns = [.. Enumerable.Range(at, shape.HeadSize)];
            double[] p = [.. Enumerable.Range(0, shape.Keys).Select(j => Math.Exp(scale * columns.Sum(c => (double)q[i, c] * k[j, c])))];
            double sum = p.Sum();
            p = [.. p.Select(e => e / sum)];
            double[] dp = [.. Enumerable.Range(0, shape.Keys).Select(j => columns.Sum(c => (double)dContext[i, c] * v[j, c]))];
            double along = p.Zip(dp, (x, y) => x * y).Sum();
            for (int j = 0; j < shape.Keys; j++)
            {
                double ds = scale * p[j] * (dp[j] - along);
                foreach (int c in columns)
                {
                    Context[i, c] += p[j] * v[j, c];
                    Value[j, c] += p[j] * dContext[i, c];
                    Query[i, c] += ds * k[j, c];
                    Key[j, c] += ds * q[i, c];
                }
            }
        }
    }
}
