// CUDA C++ as plain C++: a kernel includes this and then runs on the CPU, block after block.
//
// A block's threads are fibers of one system thread. Each runs until it meets a barrier, in an order that is drawn anew
// between barriers, so a kernel that forgets a barrier reads what another thread has not written yet. Shared memory is
// filled with rubbish before each block. Threads that wait at different barriers, or leave while others wait, are an error.
#pragma once
#include <string.h>
#include <ucontext.h>

#include <utility>

#define __global__
#define __launch_bounds__(...)
#define __shared__ static __attribute__((section("shared_memory")))
#define __syncthreads() shim::wait(__LINE__)

struct Dimension {
    unsigned x, y, z;
};
static Dimension threadIdx, blockIdx, blockDim, gridDim;

// The linker gives these two to every section whose name is an identifier; the section must not be empty.
extern "C" char __start_shared_memory[], __stop_shared_memory[];
__attribute__((used)) __shared__ char reserved[64];

namespace shim {
enum State { READY, WAITS, DONE };
const int MOST = 1024, STACK = 1 << 15;

struct Fiber {
    ucontext_t context;
    State state;
    int line;
};
static Fiber fibers[MOST];
static char stacks[MOST][STACK] __attribute__((aligned(64)));
static ucontext_t scheduler;
static void (*body)(void**);
static void** arguments;
static unsigned long long random_state;

inline unsigned draw(unsigned below) {
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(random_state >> 33) % below;
}

inline void wait(int line) {
    Fiber& self = fibers[threadIdx.x];
    self.state = WAITS;
    self.line = line;
    swapcontext(&self.context, &scheduler);
}

inline void enter() {
    body(arguments);
    fibers[threadIdx.x].state = DONE;
}

// 0, or 1 where threads waited at different barriers or left while others waited.
inline int block(int threads) {
    static int order[MOST];
    for (int i = 0; i < threads; i++) {
        Fiber& fiber = fibers[i];
        fiber.line = 0;
        getcontext(&fiber.context);
        fiber.context.uc_stack.ss_sp = stacks[i];
        fiber.context.uc_stack.ss_size = STACK;
        fiber.context.uc_link = &scheduler;
        fiber.state = READY;
        makecontext(&fiber.context, enter, 0);
        order[i] = i;
    }
    memset(__start_shared_memory, 0xA5, __stop_shared_memory - __start_shared_memory);
    for (;;) {
        for (int i = threads - 1; i > 0; i--) std::swap(order[i], order[draw(i + 1)]);
        for (int k = 0; k < threads; k++) {
            threadIdx.x = order[k];
            swapcontext(&scheduler, &fibers[order[k]].context);
        }
        for (int i = 1; i < threads; i++)
            if (fibers[i].state != fibers[0].state || fibers[i].line != fibers[0].line) return 1;
        if (fibers[0].state == DONE) return 0;
    }
}

template <class... A, std::size_t... I>
inline void unpack(void (*kernel)(A...), void** args, std::index_sequence<I...>) {
    kernel(*(A*)args[I]...);
}
template <class... A>
inline void apply(void (*kernel)(A...), void** args) {
    unpack(kernel, args, std::index_sequence_for<A...>());
}
}  // namespace shim

// 0, or 1 where the threads of a block could not go on.
#define SHIM_LAUNCH(kernel)                                                                            \
    extern "C" int launch(int grid, int threads, void** args, unsigned long long seed) {               \
        shim::body = [](void** a) { shim::apply(kernel, a); };                                         \
        shim::arguments = args;                                                                        \
        shim::random_state = seed;                                                                     \
        gridDim.x = grid, blockDim.x = threads;                                                        \
        unsigned start = shim::draw(grid);                                                             \
        for (int b = 0; b < grid; b++) {                                                               \
            blockIdx.x = (b + start) % grid;                                                           \
            if (shim::block(threads)) return 1;                                                        \
        }                                                                                              \
        return 0;                                                                                      \
    }

// --- what CUDA's own headers declare: each function for both types ---

inline long long __double_as_longlong(double x) { long long r; memcpy(&r, &x, 8); return r; }
inline double __longlong_as_double(long long x) { double r; memcpy(&r, &x, 8); return r; }
inline int __float_as_int(float x) { int r; memcpy(&r, &x, 4); return r; }
inline float __int_as_float(int x) { float r; memcpy(&r, &x, 4); return r; }

#define SHIM_UNARY(name)                                             \
    extern "C" double name(double) noexcept;                         \
    inline float name(float x) { return __builtin_##name##f(x); }
SHIM_UNARY(ceil)
SHIM_UNARY(floor)
SHIM_UNARY(sqrt)
SHIM_UNARY(exp)
SHIM_UNARY(log2)
extern "C" float fminf(float, float) noexcept;
extern "C" float fmaxf(float, float) noexcept;
extern "C" double pow(double, double) noexcept;
inline float pow(float x, float y) { return __builtin_powf(x, y); }

inline long long atomicMin(long long* at, long long value) {
    long long old = *at;
    if (value < old) *at = value;
    return old;
}
template <class T>
inline T atomicAdd(T* place, T value) {
    T before = *place;
    *place += value;
    return before;
}
